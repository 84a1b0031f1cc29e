import { invalidArgument } from "./rpc-error.ts";

const LIFETIME_MS = 2 * 3_600_000;

/** Identifies a paged list. The page tokens of one list are invalid for another. */
export interface PagedList {
  readonly parent: string;
  readonly filter: string;
}

/**
 * Creates the token of the next page. Every page that holds an item has one: the service does not look ahead.
 *
 * @param list - the list of the page
 * @param after - the last item of this page
 * @param now - milliseconds since the epoch
 */
export function pageToken({ parent, filter }: PagedList, after: string, now: number): string {
  return Buffer.from(JSON.stringify([parent, filter, after, now + LIFETIME_MS])).toString("base64url");
}

/**
 * Reads the token of a page.
 *
 * @param list - the requested list
 * @param token - the caller's token, empty for the first page
 * @param now - milliseconds since the epoch
 * @returns the last item of the previous page; undefined for the first page
 * @throws RpcError if the token is invalid, has expired or belongs to another list
 */
export function readPageToken({ parent, filter }: PagedList, token: string, now: number): string | undefined {
  if (token === "") return undefined;
  const [ofParent, ofFilter, after, until] = parse(token);
  const isOurs = ofParent === parent && ofFilter === filter && typeof after === "string" && typeof until === "number";
  if (!isOurs || until <= now) throw invalidArgument("Invalid page_token");
  return after;
}

/**
 * @param type - the type of the request, for the error message
 * @param requested - 0 if unset
 * @throws RpcError if it is negative
 */
export function pageSize(type: string, requested: number, maximum: number): number {
  if (requested < 0) throw invalidArgument(`${type}.pageSize cannot be negative.`);
  return Math.min(requested || maximum, maximum);
}

function parse(token: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
