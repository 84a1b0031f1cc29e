import { isReservedHeader } from "../../dispatch/reserved-headers.ts";
import { invalidArgument } from "../rpc-error.ts";

/** What a stored HTTP task and its dispatch carry as their User-Agent. */
export const USER_AGENT = "Google-Cloud-Tasks";

/** What a stored App Engine task carries as its User-Agent, whatever the caller set. */
const APP_ENGINE_USER_AGENT = "AppEngine-Google; (+http://code.google.com/appengine)";

/** "The size of the headers must be less than 80KB": `HttpRequest.headers` in google/cloud/tasks/v2/target.proto. */
const LARGEST_HEADERS = 80 * 1024;

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;

type Headers = Readonly<Record<string, string>>;

/** @throws RpcError where a header could not be sent */
export function checkHeader(name: string, value: string, field: string): void {
  if (headerName.test(name) && headerValue.test(value)) return;
  throw invalidArgument(`${field}: ${JSON.stringify(name)} is not a valid header.`);
}

/**
 * The headers of an HTTP task as they are stored: names as they were sent, reserved ones dropped, the User-Agent added.
 *
 * @throws RpcError where they are too large, or could not be sent
 */
export function storedHeaders(headers: Headers): Record<string, string> {
  return { ...kept(headers, "HttpRequest.headers"), "User-Agent": USER_AGENT };
}

/**
 * The headers of an App Engine task as they are stored.
 *
 * @param size - of the body, in bytes
 * @throws RpcError where they are too large, or could not be sent
 */
export function storedAppEngineHeaders(headers: Headers, size: number): Record<string, string> {
  const stored = kept(headers, "AppEngineHttpRequest.headers");
  if (size > 0) {
    const hasType = Object.keys(stored).some((name) => name.toLowerCase() === "content-type");
    if (!hasType) stored["Content-Type"] = "application/octet-stream";
    stored["Content-Length"] = String(size);
  }
  stored["User-Agent"] = APP_ENGINE_USER_AGENT;
  return stored;
}

function kept(headers: Headers, field: string): Record<string, string> {
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
