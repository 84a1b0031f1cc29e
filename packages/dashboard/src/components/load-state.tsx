import type { ComponentChildren, JSX } from "preact";
import type { Loaded, Resource } from "../state/resource.ts";

interface LoadStateProps<T> {
  readonly of: Resource<T>;
  /** Selects the errors that the page itself shows, beside the last data. */
  readonly ignores?: (error: Error) => boolean;
  readonly children: (data: T) => ComponentChildren;
}

/** Shows a resource: its data, "loading" before the first answer, and an error as an error, with the last data below it. */
export function LoadState<T>({ of, ignores, children }: LoadStateProps<T>): JSX.Element {
  const { data, error }: Loaded<T> = of.state.value;
  const isIgnored = data !== undefined && error !== undefined && ignores?.(error) === true;
  return (
    <>
      {error !== undefined && !isIgnored && (
        <div class="notice bad row spread" role="alert">
          <span class="wrap problem">
            {data === undefined ? "" : "The data below may be outdated. "}
            {error.message}
          </span>
          <button type="button" class="button" onClick={() => void of.reload()}>
            Try again
          </button>
        </div>
      )}
      {data === undefined ? error === undefined && <p class="muted">Loading …</p> : children(data)}
    </>
  );
}
