/** The name of the task definition, for logs: Cloud Tasks shows the headers of a task, but not its body. */
export const NAME_HEADER = "CloudTask-Name";

/** The dispatch deadline of a single push. Cloud Tasks does not pass it to the worker, so this header does. */
export const DEADLINE_HEADER = "CloudTask-Deadline";

/** The retry settings of a task, as JSON. Cloud Tasks does not pass them to the worker, so this header does. */
export const RETRY_HEADER = "CloudTask-Retry";

/** The time of the push, in ISO 8601, for a task whose name can be reused. It distinguishes two tasks of one name. */
export const PUSHED_HEADER = "CloudTask-Pushed";

/** The names of the headers that a single push set, separated by commas. A dead letter repeats them. */
export const OWN_HEADERS_HEADER = "CloudTask-Headers";

/** The App Engine target that a single push set, as JSON. A dead letter repeats it. */
export const APP_ENGINE_HEADER = "CloudTask-AppEngine";

/**
 * A header of the API calls to an emulator, not of tasks: the name of the header that carries the client's secret, so that the
 * emulator masks it in its history.
 */
export const SECRET_HEADER_MARK = "CloudTask-Secret-Header";

/**
 * A header of an emulator's answer to a call for a missing queue: the names of the queues that it has, separated by commas. The
 * answer itself is that of Cloud Tasks.
 */
export const QUEUES_HEADER = "CloudTask-Queues";

/**
 * Cloud Tasks removes most of these from a new task; this library sets the others.
 *
 * Source: `HttpRequest.headers` in google/cloud/tasks/v2/target.proto
 */
const RESERVED =
  /^(host|content-length|content-type|user-agent|x-google-.*|x-appengine-.*|x-cloudtasks-.*|cloudtask-.*)$/i;

/**
 * Checks the additional headers of a task, and returns a copy.
 *
 * @param subject - the owner of the headers, for the message
 * @throws TypeError for a header that is not valid HTTP, or that Cloud Tasks would remove
 */
export function checkHeaders(headers: unknown, subject: string): Readonly<Record<string, string>> {
  // A Headers object or a Map is also an object, but its entries are not properties and would be lost.
  if (typeof headers !== "object" || headers === null || Symbol.iterator in headers) {
    throw new TypeError(`${subject}: headers must be an object of strings, such as { "X-Tenant": "acme" }`);
  }
  for (const [name, value] of Object.entries(headers)) {
    if (RESERVED.test(name)) {
      throw new TypeError(`${subject}: the header ${name} cannot be set; Cloud Tasks or cloudtask sets it`);
    }
    if (!isHeader(name, value)) throw new TypeError(`${subject}: the header ${JSON.stringify(name)} is not valid HTTP`);
  }
  return { ...headers };
}

/**
 * Rejects an `Authorization` header if there is a service account: Cloud Tasks would replace the header with its OIDC token.
 *
 * @param subject - the owner of the headers, for the message
 */
export function rejectAuthorization<T extends object>(headers: T, serviceAccount: unknown, subject: string): T {
  if (serviceAccount === undefined || !Object.keys(headers).some((name) => /^authorization$/i.test(name)))
    return headers;
  throw new TypeError(
    `${subject}: the header Authorization and serviceAccount cannot be combined: Cloud Tasks sends its OIDC token in that ` +
      "header. Send your value in another header.",
  );
}

/**
 * Merges headers. HTTP ignores the case of names, but two spellings of one name would both be sent.
 *
 * @param layers - a later layer overrides an earlier one, including the spelling of the name
 */
export function mergeHeaders(...layers: readonly Readonly<Record<string, string>>[]): Readonly<Record<string, string>> {
  const entries = layers.flatMap(Object.entries<string>);
  return Object.fromEntries(new Map(entries.map(([name, value]) => [name.toLowerCase(), [name, value]])).values());
}

/** RFC 9110 §5. The platform's own check, `new Headers()`, would load fetch, which a client on Node never needs. */
function isHeader(name: string, value: unknown): boolean {
  return /^[!#$%&'*+.^_`|~\w-]+$/.test(name) && typeof value === "string" && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}
