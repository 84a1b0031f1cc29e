import type { UriOverride } from "../engine/records.ts";

/** The parts of a URL as in RFC 3986, appendix B. The fragment is never sent. */
const url =
  /^(?:(?<scheme>https?):\/\/(?:(?<user>[^/?#]*)@)?(?<host>\[[^\]/?#]*\]|[^:/?#]+)(?::(?<port>\d*))?)?(?<path>\/[^?#]*)?(?:\?(?<query>[^#]*))?(?:#.*)?$/is;

/** "Scheme unspecified. Defaults to HTTPS": `UriOverride.Scheme` in google/cloud/tasks/v2/target.proto. */
const SCHEMES = { SCHEME_UNSPECIFIED: "https", HTTP: "http", HTTPS: "https" } as const;

/**
 * Returns the URL of an HTTP task after the overrides of its queue.
 *
 * With the mode `IF_NOT_EXISTS`, the overrides have no effect on a task that has a URL. Recorded from the service for path and
 * query: a query is not even added to a URL without one. With any other mode, each part that the queue sets replaces the
 * task's.
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
  const isUnchanged = !override || (taskUrl !== "" && override.mode === "IF_NOT_EXISTS");
  return isUnchanged ? taskUrl : applyOverride(taskUrl, override);
}

function applyOverride(taskUrl: string, override: UriOverride): string {
  const task = url.exec(taskUrl)?.groups;
  if (!task) throw new Error(`the URL of the task cannot be parsed: ${JSON.stringify(taskUrl)}`);
  const scheme = override.scheme ? SCHEMES[override.scheme] : (task.scheme ?? "https");
  const host = override.host ?? task.host;
  const port = override.port === undefined ? (task.port ?? "") : override.port || "";
  const path = override.path ?? task.path ?? "";
  const query = override.query ?? task.query ?? "";
  // User and password of the task's host must not be sent to another host.
  const credentials = task.user !== undefined && host === task.host ? `${task.user}@` : "";
  const authority = `${credentials}${host}${port && `:${port}`}`;
  return `${scheme}://${authority}${path.replace(/^(?=[^/])/, "/")}${query && `?${query}`}`;
}
