/** The body of a task, parsed: which definition, and its payload as it travelled. */
export interface Envelope {
  readonly task: string;
  readonly payload: unknown;
}

/**
 * Reads the body of a task. Keys it does not know are let pass: a newer push may carry more.
 *
 * @param text - the body
 * @returns the envelope, or what is wrong with it
 */
export function parseEnvelope(text: string): Envelope | { readonly problem: string } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { problem: "the body is not JSON" };
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return { problem: 'the body is not an object such as {"task":"name","payload":{}}' };
  }
  const { task, payload } = body as { readonly task?: unknown; readonly payload?: unknown };
  if (typeof task !== "string" || task === "") return { problem: 'the body names no task: "task" must be a string' };
  return { task, payload };
}
