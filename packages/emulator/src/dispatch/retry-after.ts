/**
 * The moment before which a target asks not to be called again.
 * Source: RFC 9110, 10.2.3: a number of seconds, or an HTTP date.
 *
 * @param header - the value of Retry-After
 * @param now - milliseconds since the epoch
 * @returns milliseconds since the epoch, undefined where the header says nothing usable
 */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d+$/.test(text)) return now + Number(text) * 1000;
  const date = /[A-Za-z]/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : date;
}
