import type { JSX } from "preact";
import { plural } from "../format/format.ts";
import type { Pages } from "../state/pages.ts";
import { isCloud } from "../state/server.ts";

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
        <span class="wrap problem">{error.message}</span>
        <button type="button" class="button" onClick={onRetry}>
          Try again
        </button>
      </div>
    );
  }
  if (!isReady || (loading && items.length === 0)) return <p class="muted">Loading …</p>;
  if (items.length > 0) return <LoadedCount pages={pages} noun={noun} />;
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

function LoadedCount({ pages, noun }: Pick<ListStateProps, "pages" | "noun">): JSX.Element {
  const { items, nextCursor, loading } = pages.state.value;
  // Over Google Cloud, the next page can be empty. Then there is nothing to scroll.
  const hasButton = isCloud() && nextCursor !== undefined && !loading;
  const more = nextCursor === undefined ? "" : isCloud() ? "" : ", scroll for more";
  return (
    <p class="muted row">
      <span role="status">
        {plural(items.length, noun)} loaded{loading ? ", reading more …" : more}
      </span>
      {hasButton && (
        <button type="button" class="button small" onClick={() => void pages.more()}>
          Read more
        </button>
      )}
    </p>
  );
}
