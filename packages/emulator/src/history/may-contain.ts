/** Text that is the same in UTF-8, in JSON, and in the bytes of a body. */
const PLAIN = /^[a-z0-9 _-]+$/;

/** Signs of text that differs from its bytes: UTF-16, compressed bodies, and base64 in a line of a journal. */
const ENCODED = ["\0", "\x1f\x8b", "content-encoding", '"base64"'];

/**
 * Checks whether an attempt can contain a text, which is ten times as fast as reading its request without secrets.
 *
 * @param bytes - the texts and bodies of its record, one character per byte
 * @param text - in lower case
 */
export function mayContain(bytes: string, text: string): boolean {
  if (!PLAIN.test(text)) return true;
  const lowerCase = bytes.toLowerCase();
  return lowerCase.includes(text) || ENCODED.some((sign) => lowerCase.includes(sign));
}
