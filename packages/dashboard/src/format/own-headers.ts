import type { RequestJson } from "../source/json.ts";

/** Headers that a tool or the server sets by itself. */
const AUTOMATIC = /^(?:content-length|host|user-agent|connection|x-cloudtasks-.*|x-appengine-.*)$/i;

/** Returns the headers of a request that its creator chose. */
export function ownHeaders(headers: RequestJson["headers"]): RequestJson["headers"] {
  return headers.filter(([name]) => !AUTOMATIC.test(name));
}
