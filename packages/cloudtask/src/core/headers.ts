/** Names the task definition on the wire, for logs: Cloud Tasks shows headers without the body. */
export const NAME_HEADER = "CloudTask-Name";

/** Carries a push's own dispatch deadline to the worker, which Cloud Tasks does not tell it. */
export const DEADLINE_HEADER = "CloudTask-Deadline";

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
  if (typeof headers !== "object" || headers === null || Array.isArray(headers)) {
    throw new TypeError(`${what}: headers must be an object of strings`);
  }
  for (const [name, value] of Object.entries(headers)) {
    if (RESERVED.test(name)) {
      throw new TypeError(`${what}: the header ${name} cannot be set; Cloud Tasks or cloudtask sets it`);
    }
    if (!isHeader(name, value)) throw new TypeError(`${what}: the header ${JSON.stringify(name)} is not valid HTTP`);
  }
  return { ...headers };
}

function isHeader(name: string, value: unknown): boolean {
  try {
    return typeof value === "string" && new Headers([[name, value]]).has(name);
  } catch {
    return false;
  }
}
