/**
 * Parses a `Retry-After` header: a number of seconds or an HTTP date. Source: RFC 9110, 10.2.3.
 *
 * @param now - milliseconds since the epoch
 * @returns the earliest time of the next request, in milliseconds since the epoch; `undefined` if the header is missing or
 *   invalid
 */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d+$/.test(text)) return now + Number(text) * 1000;
  const date = /[A-Za-z]/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : date;
}
