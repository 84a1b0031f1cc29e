/** The body of a task, parsed: which definition, and its payload as it travelled. */
export interface Envelope {
  readonly task: string;
  /** The payload as plain JSON; `undefined` where there is none. */
  readonly payload: unknown;
  /** In its place, the text of a client's serializer. */
  readonly serialized: string | undefined;
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
  const { task, payload, serialized } = body as { readonly [key in keyof Envelope]?: unknown };
  if (typeof task !== "string" || task === "") return { problem: 'the body names no task: "task" must be a string' };
  if (serialized === undefined || typeof serialized === "string") return { task, payload, serialized };
  return { problem: '"serialized" must be a string, the text of a serializer' };
}
