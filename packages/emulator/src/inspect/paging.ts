import type { Query } from "../http/query.ts";
import { invalidArgument } from "../service/rpc-error.ts";

const USUAL = 100;
const MOST = 1_000;

/** @throws RpcError where the `limit` is none */
export function limitOf(query: Query): number {
  const limit = query.integer("limit");
  if (limit < 0) throw invalidArgument(`limit: expected an integer, 0 or more; received ${limit}`);
  return Math.min(limit || USUAL, MOST);
}

/** @param last - where the page ends: a name, a number */
export function cursorOf(last: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(last)).toString("base64url");
}

/**
 * @returns where the last page ended; empty for the first page
 * @throws RpcError where the `cursor` is none
 */
export function readCursor(query: Query): readonly unknown[] {
  const text = query.text("cursor");
  if (text === "") return [];
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    if (Array.isArray(value)) return value;
  } catch {
    // Said below.
  }
  throw invalidArgument(`cursor: expected the nextCursor of the page before; received ${JSON.stringify(text)}`);
}
