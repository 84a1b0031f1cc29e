import type { Query } from "../http/query.ts";
import { invalidArgument } from "../service/rpc-error.ts";

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/**
 * Returns the `limit` of a request, 100 by default and 1000 at most.
 *
 * @throws RpcError if it is invalid
 */
export function limitOf(query: Query): number {
  const limit = query.integer("limit");
  if (limit < 0) throw invalidArgument(`limit: expected an integer of at least 0; received ${limit}`);
  return Math.min(limit || DEFAULT_LIMIT, MAX_LIMIT);
}

/** Encodes the position of the last item of a page as a cursor. */
export function cursorOf(last: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(last)).toString("base64url");
}

/**
 * Decodes the `cursor` of a request.
 *
 * @returns the position of the last item of the previous page; empty for the first page
 * @throws RpcError if the cursor is invalid
 */
export function readCursor(query: Query): readonly unknown[] {
  const text = query.text("cursor");
  if (text === "") return [];
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    if (Array.isArray(value)) return value;
  } catch {
    // Reported below.
  }
  throw invalidArgument(`cursor: expected the nextCursor of the previous page; received ${JSON.stringify(text)}`);
}
