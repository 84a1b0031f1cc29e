/** Names the task definition on the wire, for logs: Cloud Tasks shows headers without the body. */
export const NAME_HEADER = "CloudTask-Name";

/** Carries a push's own dispatch deadline to the worker, which Cloud Tasks does not tell it. */
export const DEADLINE_HEADER = "CloudTask-Deadline";

/** When a task was pushed whose name may be used again: it tells two tasks of one name apart. ISO 8601. */
export const PUSHED_HEADER = "CloudTask-Pushed";

/**
 * Cloud Tasks drops most of these at create (source: `HttpRequest.headers` in google/cloud/tasks/v2/target.proto); the
 * others are ours.
 */
const RESERVED =
  /^(host|content-length|content-type|user-agent|x-google-.*|x-appengine-.*|x-cloudtasks-.*|cloudtask-.*)$/i;

/**
 * @param headers - extra headers of a task
 * @param what - whose they are, for the message
 * @returns a copy
 * @throws TypeError for one that HTTP does not allow, or that Cloud Tasks would drop
 */
export function checkHeaders(headers: unknown, what: string): Readonly<Record<string, string>> {
  // A Headers or a Map is one too, but its entries are not properties, and would all be lost.
  if (typeof headers !== "object" || headers === null || Symbol.iterator in headers) {
    throw new TypeError(`${what}: headers must be an object of strings, such as { "X-Tenant": "acme" }`);
  }
  for (const [name, value] of Object.entries(headers)) {
    if (RESERVED.test(name)) {
      throw new TypeError(`${what}: the header ${name} cannot be set; Cloud Tasks or cloudtask sets it`);
    }
    if (!isHeader(name, value)) throw new TypeError(`${what}: the header ${JSON.stringify(name)} is not valid HTTP`);
  }
  return { ...headers };
}

/**
 * @param headers - headers of a task
 * @param serviceAccount - whose OIDC token Cloud Tasks attaches, if any
 * @param what - whose they are, for the message
 * @returns the same
 * @throws TypeError where one would be lost: the token takes its place
 */
export function rejectAuthorization<T extends object>(headers: T, serviceAccount: unknown, what: string): T {
  if (serviceAccount === undefined || !Object.keys(headers).some((name) => /^authorization$/i.test(name)))
    return headers;
  throw new TypeError(
    `${what}: the header Authorization and serviceAccount exclude each other: Cloud Tasks puts its OIDC token in that header; ` +
      "send what it held in another",
  );
}

/**
 * Lays headers over one another. HTTP does not tell names by their case, and two that differ only in it would both be
 * sent.
 *
 * @param layers - headers; the later ones win
 * @returns all of them, each once, spelled as in the layer that won
 */
export function mergeHeaders(...layers: readonly Readonly<Record<string, string>>[]): Readonly<Record<string, string>> {
  const entries = layers.flatMap(Object.entries<string>);
  return Object.fromEntries(new Map(entries.map(([name, value]) => [name.toLowerCase(), [name, value]])).values());
}

/** By pattern: the platform's own check (`new Headers`) loads all of fetch, which a client on Node never needs. RFC 9110 §5. */
function isHeader(name: string, value: unknown): boolean {
  return /^[!#$%&'*+.^_`|~\w-]+$/.test(name) && typeof value === "string" && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}
