import { type ReadonlySignal, signal } from "@preact/signals";

/** A view: the part of the address after `#`. A hash needs no server rules, so the pages work under any path prefix. */
export interface Route {
  /** Identifies the entry in the browser's history. It stays when the user returns to the entry. */
  readonly entry: string;
  /** The decoded segments, for example `["queues", "emails"]`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

const current = signal(parseHash(location.hash));

/** The view that the address names. */
export const route: ReadonlySignal<Route> = current;

window.addEventListener("hashchange", () => {
  current.value = parseHash(location.hash);
});

/**
 * Returns the address of a view.
 *
 * @param path - its segments, not encoded
 * @param query - its parameters; empty and missing values are left out
 */
export function hrefOf(path: readonly string[], query: Readonly<Record<string, string | undefined>> = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) parameters.set(name, value);
  const text = parameters.toString();
  return `#/${path.map(encodeURIComponent).join("/")}${text === "" ? "" : `?${text}`}`;
}

/** Opens a view. */
export function navigate(href: string): void {
  location.hash = href;
}

/** Changes parameters of the current view without a new entry in the browser's history, for filters and searches. */
export function replaceQuery(changes: Readonly<Record<string, string | undefined>>): void {
  const { path, query } = current.value;
  const href = hrefOf(path, { ...Object.fromEntries(query), ...changes });
  history.replaceState(history.state, "", href);
  current.value = parseHash(href);
}

function entryId(): string {
  const known = (history.state as { readonly entry?: string } | null)?.entry;
  if (known !== undefined) return known;
  const entry = `${Date.now()}-${Math.random()}`;
  history.replaceState({ entry }, "");
  return entry;
}

function parseHash(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  return {
    entry: entryId(),
    path: path.split("/").filter(Boolean).map(decodeSegment),
    query: new URLSearchParams(query),
  };
}

/** A user can type any address. A malformed escape is kept as it is. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
