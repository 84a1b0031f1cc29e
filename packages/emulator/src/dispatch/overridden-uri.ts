import type { UriOverride } from "../engine/records.ts";

/** The parts of a URL as in RFC 3986, appendix B. The fragment is never sent. */
const url =
  /^(?:(?<scheme>https?):\/\/(?:(?<user>[^/?#]*)@)?(?<host>\[[^\]/?#]*\]|[^:/?#]+)(?::(?<port>\d*))?)?(?<path>\/[^?#]*)?(?:\?(?<query>[^#]*))?(?:#.*)?$/is;

/**
 * Returns the URL of an HTTP task after the overrides of its queue.
 *
 * With the mode `IF_NOT_EXISTS`, the queue sets only the parts that the task's URL does not have. A URL has
 * - a scheme and a host, unless the URL is empty;
 * - a port if it is written out, even if it is the default port of the scheme;
 * - a path if it is longer than `/`, because RFC 3986, 6.2.3 treats `/` like an empty path;
 * - a query if there is text after the question mark.
 *
 * Source: `UriOverride` in google/cloud/tasks/v2beta3/target.proto. It does not define when a part exists.
 *
 * @param taskUrl - may be empty if the queue sets a host
 * @throws Error if the result has no host, or the URL cannot be parsed
 */
export function overriddenUri(taskUrl: string, override: UriOverride | undefined): string {
  if (taskUrl === "" && override?.host === undefined) {
    throw new Error(
      "the task has no URL and its queue has no host; set HttpRequest.url or HttpTarget.uriOverride.host",
    );
  }
  return override ? applyOverride(taskUrl, override) : taskUrl;
}

function applyOverride(taskUrl: string, override: UriOverride): string {
  const task = url.exec(taskUrl)?.groups;
  if (!task) throw new Error(`the URL of the task cannot be parsed: ${JSON.stringify(taskUrl)}`);
  const { user, path = "", query = "" } = task;
  const pick = (part = "", replacement: string | undefined, exists = part !== ""): string =>
    replacement === undefined || (exists && override.mode === "IF_NOT_EXISTS") ? part : replacement;

  const scheme = pick(task.scheme, override.scheme?.toLowerCase()) || "https";
  const host = pick(task.host, override.host);
  const port = pick(task.port, override.port === 0 ? "" : override.port?.toString());
  const newPath = pick(path, override.path, path.length > 1);
  const newQuery = pick(query, override.query);
  // User and password of the task's host must not be sent to another host.
  const credentials = user !== undefined && host === task.host ? `${user}@` : "";
  const authority = `${credentials}${host}${port && `:${port}`}`;
  return `${scheme}://${authority}${newPath.replace(/^(?=[^/])/, "/")}${newQuery && `?${newQuery}`}`;
}
