import { isReservedHeader } from "../../dispatch/reserved-headers.ts";
import { invalidArgument } from "../rpc-error.ts";

/** The User-Agent of a stored HTTP task and of its dispatches. */
export const USER_AGENT = "Google-Cloud-Tasks";

/** The User-Agent of a stored App Engine task; it replaces the one of the caller. */
const APP_ENGINE_USER_AGENT = "AppEngine-Google; (+http://code.google.com/appengine)";

/** "The size of the headers must be less than 80KB": `HttpRequest.headers` in google/cloud/tasks/v2/target.proto. */
const LARGEST_HEADERS = 80 * 1024;

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;

type Headers = Readonly<Record<string, string>>;

/** @throws RpcError if the name or value is not valid in HTTP */
export function checkHeader(name: string, value: string, field: string): void {
  if (headerName.test(name) && headerValue.test(value)) return;
  throw invalidArgument(`${field}: ${JSON.stringify(name)} is not a valid header.`);
}

/**
 * Returns the headers of an HTTP task as they are stored: names keep their case, reserved headers are dropped, the User-Agent is
 * added.
 *
 * @throws RpcError if the headers are too large or invalid
 */
export function storedHeaders(headers: Headers): Record<string, string> {
  return { ...accepted(headers, "HttpRequest.headers"), "User-Agent": USER_AGENT };
}

/**
 * Returns the headers of an App Engine task as they are stored.
 *
 * @param size - the size of the body, in bytes
 * @throws RpcError if the headers are too large or invalid
 */
export function storedAppEngineHeaders(headers: Headers, size: number): Record<string, string> {
  const stored = accepted(headers, "AppEngineHttpRequest.headers");
  if (size > 0) {
    const hasType = Object.keys(stored).some((name) => name.toLowerCase() === "content-type");
    if (!hasType) stored["Content-Type"] = "application/octet-stream";
    stored["Content-Length"] = String(size);
  }
  stored["User-Agent"] = APP_ENGINE_USER_AGENT;
  return stored;
}

function accepted(headers: Headers, field: string): Record<string, string> {
  const stored: Record<string, string> = {};
  let size = 0;
  for (const [name, value] of Object.entries(headers)) {
    checkHeader(name, value, field);
    size += name.length + value.length;
    if (!isReservedHeader(name)) stored[name] = value;
  }
  if (size >= LARGEST_HEADERS) throw invalidArgument(`${field} must be less than 80KB.`);
  return stored;
}
