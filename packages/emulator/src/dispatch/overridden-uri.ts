import type { UriOverride } from "../engine/records.ts";

/** The parts of a URL, as RFC 3986, appendix B names them; the fragment is never sent. */
const url =
  /^(?:(?<scheme>https?):\/\/(?:(?<user>[^/?#]*)@)?(?<host>\[[^\]/?#]*\]|[^:/?#]+)(?::(?<port>\d*))?)?(?<path>\/[^?#]*)?(?:\?(?<query>[^#]*))?(?:#.*)?$/is;

/**
 * Where an HTTP task goes: its own URL, with what the queue sets.
 *
 * With `IF_NOT_EXISTS` the queue sets a part only where the task's URL has none. It has
 * - a scheme and a host unless it is empty, which means the queue's own target;
 * - a port where it is written out, even if it is the scheme's default;
 * - a path where it is more than `/`, which RFC 3986, 6.2.3 makes the same as none;
 * - a query where something follows the question mark.
 *
 * Source: `UriOverride` in google/cloud/tasks/v2beta3/target.proto, which leaves open what exists.
 *
 * @param taskUrl - may be empty where the queue has a host
 * @throws Error where there is no host in the end, or the parts of the URL cannot be told apart
 */
export function overriddenUri(taskUrl: string, override: UriOverride | undefined): string {
  if (taskUrl === "" && override?.host === undefined) {
    throw new Error("the task has no URL, and its queue no host: set HttpRequest.url, or HttpTarget.uriOverride.host");
  }
  return override ? composed(taskUrl, override) : taskUrl;
}

function composed(taskUrl: string, override: UriOverride): string {
  const own = url.exec(taskUrl)?.groups;
  if (!own) throw new Error(`the parts of the task's URL ${JSON.stringify(taskUrl)} cannot be told apart`);
  const { user, path = "", query = "" } = own;
  const pick = (part = "", theirs: string | undefined, exists = part !== ""): string =>
    theirs === undefined || (exists && override.mode === "IF_NOT_EXISTS") ? part : theirs;

  const scheme = pick(own.scheme, override.scheme?.toLowerCase()) || "https";
  const host = pick(own.host, override.host);
  const port = pick(own.port, override.port === 0 ? "" : override.port?.toString());
  const newPath = pick(path, override.path, path.length > 1);
  const newQuery = pick(query, override.query);
  // What opens one host is not for another.
  const credentials = user !== undefined && host === own.host ? `${user}@` : "";
  const authority = `${credentials}${host}${port && `:${port}`}`;
  return `${scheme}://${authority}${newPath.replace(/^(?=[^/])/, "/")}${newQuery && `?${newQuery}`}`;
}
