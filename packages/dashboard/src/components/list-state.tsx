import type { JSX } from "preact";
import { plural } from "../format/format.ts";
import type { Pages } from "../state/pages.ts";

interface ListStateProps {
  readonly pages: Pages<unknown>;
  /** The word for one row, for example `task`. */
  readonly noun: string;
  /** The sentence for a list without rows. */
  readonly empty: string;
  readonly onRetry: () => void;
}

/** The error of the list, or why it is empty. Loading is never shown as an empty list. */
export function ListState({ pages, noun, empty, onRetry }: ListStateProps): JSX.Element {
  const { items, error, isReady, loading, nextCursor } = pages.state.value;
  if (error !== undefined) {
    return (
      <div class="notice bad row spread" role="alert">
        <span class="wrap">{error.message}</span>
        <button type="button" class="button" onClick={onRetry}>
          Try again
        </button>
      </div>
    );
  }
  if (!isReady || (loading && items.length === 0)) return <p class="muted">Loading …</p>;
  if (items.length > 0) {
    const more = nextCursor === undefined ? "" : ", scroll for more";
    return (
      <p class="muted" role="status">
        {plural(items.length, noun)} loaded{more}
      </p>
    );
  }
  if (nextCursor !== undefined) {
    return (
      <p class="row" role="status">
        Nothing found so far.
        <button type="button" class="button" onClick={() => void pages.more()}>
          Search further
        </button>
      </p>
    );
  }
  return (
    <p class="muted" role="status">
      {empty}
    </p>
  );
}
