/** The beginning of a body of our library. A user who edits a body adds white space. */
const ENVELOPE = /^\s*\{\s*"task"\s*:\s*"(?:[^"\\]|\\.)*"\s*/;
const PAYLOAD = /^,\s*"payload"\s*:\s*/;

/** Returns the payload in the beginning of a body of our library, without the envelope around it: empty if the task has none; other bodies unchanged. */
export function payloadText(body: string): string {
  const rest = afterTask(body);
  if (rest?.trimEnd() === "}") return "";
  const start = rest === undefined ? undefined : PAYLOAD.exec(rest)?.[0];
  if (rest === undefined || start === undefined) return body;
  const payload = rest.slice(start.length).trimEnd();
  // The end is missing if the body is longer than the text.
  return payload.endsWith("}") && payload.length > 1 ? payload.slice(0, -1).trimEnd() : payload;
}

/**
 * Returns the payload in a whole body of our library: empty if the task has none, `undefined` for another body. It is cut out of
 * the text, because parsing would round large numbers.
 */
export function payloadOf(body: string): string | undefined {
  const rest = afterTask(body)?.trimEnd();
  if (rest === "}") return "";
  return rest !== undefined && PAYLOAD.test(rest) && rest.endsWith("}") ? payloadText(body) : undefined;
}

function afterTask(body: string): string | undefined {
  const start = ENVELOPE.exec(body)?.[0];
  return start === undefined ? undefined : body.slice(start.length);
}
