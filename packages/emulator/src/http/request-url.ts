import { invalidArgument } from "../service/rpc-error.ts";

/** Splits a request's URL at the first question mark; `search` is empty if there is none. */
export function splitUrl(url = "/"): { readonly path: string; readonly search: string } {
  const at = url.indexOf("?");
  return at < 0 ? { path: url, search: "" } : { path: url.slice(0, at), search: url.slice(at + 1) };
}

/**
 * Decodes a percent-encoded part of a path.
 *
 * @throws RpcError INVALID_ARGUMENT if the encoding is broken
 */
export function decodePath(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw invalidArgument(`The path cannot be decoded: ${encoded}`);
  }
}
