import { invalidArgument } from "../rpc-error.ts";
import { setOwn } from "../set-own.ts";

/** The User-Agent of a stored HTTP task and of its dispatches. */
export const USER_AGENT = "Google-Cloud-Tasks";

/** The User-Agent of a stored App Engine task; it replaces the one of the caller. */
const APP_ENGINE_USER_AGENT = "AppEngine-Google; (+http://code.google.com/appengine)";

/** "The size of the headers must be less than 80KB": `HttpRequest.headers` in google/cloud/tasks/v2/target.proto. */
const LARGEST_HEADERS = 80 * 1024;

/** A longer header is dropped: 8192 bytes with the colon, the space and the line end. */
const LONGEST_HEADER = 8188;

/** The headers that Cloud Tasks drops: those of the connection, of proxies, and its own. */
const dropped =
  /^(?:user-agent|host|content-length|connection|keep-alive|proxy-authorization|proxy-connection|te|transfer-encoding|upgrade|via|accept-encoding|x-forwarded-for|from|x-google|x-google-.*|x-appengine-.*)$/i;

/** Cloud Tasks also keeps names that HTTP does not allow, such as `X/Slash`. */
const headerName = /^[\x21-\x39\x3b-\x7e]+$/;
const headerValue = /^[\t\x20-\x7e]+$/;

const MOST_REMEMBERED = 1_000;
const LONGEST_REMEMBERED = 100;
const kept = new Map<string, boolean>();

type Headers = Readonly<Record<string, string>>;

/**
 * Returns the headers of an HTTP task as they are stored. Headers that cannot be sent are repaired or dropped, names keep their
 * case, and the User-Agent is replaced.
 *
 * @throws RpcError if the headers are too large
 */
export function storedHeaders(headers: Headers): Record<string, string> {
  const stored = sendable(headers, "HttpRequest.headers");
  stored["User-Agent"] = USER_AGENT;
  return stored;
}

/**
 * Returns the headers of an App Engine task as they are stored.
 *
 * @param size - the size of the body, in bytes
 * @throws RpcError if the headers are too large
 */
export function storedAppEngineHeaders(headers: Headers, size: number): Record<string, string> {
  const stored = sendable(headers, "AppEngineHttpRequest.headers");
  if (size > 0) {
    const hasType = Object.keys(stored).some((name) => name.toLowerCase() === "content-type");
    if (!hasType) stored["Content-Type"] = "application/octet-stream";
    stored["Content-Length"] = String(size);
  }
  stored["User-Agent"] = APP_ENGINE_USER_AGENT;
  return stored;
}

function sendable(headers: Headers, field: string): Record<string, string> {
  const stored: Record<string, string> = {};
  let size = 0;
  for (const name of Object.keys(headers)) {
    const mended = mendedValue(headers[name] ?? "");
    if (!isSendable(name, mended)) continue;
    size += name.length + mended.length;
    setOwn(stored, name, mended);
  }
  if (size >= LARGEST_HEADERS) throw invalidArgument(`${field} must be less than 80KB.`);
  return stored;
}

/** Cuts a value before a NUL and replaces line breaks. */
function mendedValue(value: string): string {
  if (headerValue.test(value) || !/[\0\r\n]/.test(value)) return value;
  const [beforeNul = ""] = value.split("\0", 1);
  return beforeNul.replace(/[\r\n]/g, "_");
}

function isSendable(name: string, value: string): boolean {
  return isKept(name) && name.length + value.length <= LONGEST_HEADER && headerValue.test(value);
}

/** Checks whether the headers of a name are stored. Most tasks have the same few names, so the last answers are remembered. */
function isKept(name: string): boolean {
  const known = kept.get(name);
  if (known !== undefined) return known;
  const isStored = headerName.test(name) && !dropped.test(name);
  if (name.length > LONGEST_REMEMBERED) return isStored;
  if (kept.size >= MOST_REMEMBERED) kept.clear();
  kept.set(name, isStored);
  return isStored;
}
