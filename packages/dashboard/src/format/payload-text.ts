const ENVELOPE = /^\{"task":"(?:[^"\\]|\\.)*","payload":/;

/** Returns the payload in the beginning of a body of our library, without the envelope around it; other bodies unchanged. */
export function payloadText(body: string): string {
  const start = ENVELOPE.exec(body)?.[0];
  if (start === undefined) return body;
  // The end is missing if the body is longer than the text.
  const rest = body.slice(start.length);
  return rest.endsWith("}") && rest.length > 1 ? rest.slice(0, -1) : rest;
}
