import { invalidArgument } from "./rpc-error.ts";

/** What a stored HTTP task and its dispatch carry as their User-Agent. */
export const USER_AGENT = "Google-Cloud-Tasks";

/** "The size of the headers must be less than 80KB": `HttpRequest.headers` in google/cloud/tasks/v2/target.proto. */
const LARGEST_HEADERS = 80 * 1024;

const reserved = /^(?:host|content-length|user-agent|x-google-.*|x-appengine-.*|x-cloudtasks-.*)$/i;
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * The headers of an HTTP task as they are stored: names as they were sent, reserved ones dropped, the User-Agent added.
 *
 * @throws RpcError where they are too large, or could not be sent
 */
export function storedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const stored: Record<string, string> = {};
  let size = 0;
  for (const [name, value] of Object.entries(headers)) {
    if (!headerName.test(name) || !headerValue.test(value)) {
      throw invalidArgument(`HttpRequest.headers: ${JSON.stringify(name)} is not a valid header.`);
    }
    size += name.length + value.length;
    if (!reserved.test(name)) stored[name] = value;
  }
  if (size >= LARGEST_HEADERS) throw invalidArgument("HttpRequest.headers must be less than 80KB.");
  stored["User-Agent"] = USER_AGENT;
  return stored;
}
