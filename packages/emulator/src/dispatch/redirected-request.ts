import type { ReceivedResponse, SentRequest } from "./exchange.ts";
import { headerOf } from "./header-of.ts";

/** "A redirect status": https://fetch.spec.whatwg.org/#redirect-status */
const redirects = [301, 302, 303, 307, 308];

/** The headers of a body: https://fetch.spec.whatwg.org/#request-body-header-name, and its length. */
const ofBody = ["content-encoding", "content-language", "content-location", "content-type", "content-length"];

/** Headers with credentials, which another origin must not receive. */
const ofOrigin = ["authorization", "cookie", "proxy-authorization"];

/**
 * Returns the request that follows a redirect, `undefined` if the response is no redirect. The service follows redirects within
 * the attempt, but only one case was recorded: a POST becomes a GET after a 302. All other cases follow the rules of `fetch`: a
 * 301 or 302 changes only POST, a 303 changes every method except GET and HEAD, 307 and 308 keep method and body, and another
 * origin receives no credentials.
 *
 * Source: https://fetch.spec.whatwg.org/#http-redirect-fetch
 *
 * @throws Error if the Location is not an HTTP URL
 */
export function redirectedRequest(sent: SentRequest, { status, headers }: ReceivedResponse): SentRequest | undefined {
  const location = redirects.includes(status) ? headerOf(headers, "location") : undefined;
  if (!location) return undefined;
  const from = new URL(sent.url);
  const to = locationOf(location, from);
  const isGet = becomesGet(status, sent.method);
  const dropped = [...(isGet ? ofBody : []), ...(to.origin === from.origin ? [] : ofOrigin)];
  return {
    method: isGet ? "GET" : sent.method,
    url: to.href,
    headers: sent.headers.flatMap(([name, value]) => {
      const lower = name.toLowerCase();
      if (lower === "host") return [[name, to.host] as const];
      return dropped.includes(lower) ? [] : [[name, value] as const];
    }),
    body: isGet ? new Uint8Array() : sent.body,
  };
}

function becomesGet(status: number, method: string): boolean {
  if (status === 303) return method !== "GET" && method !== "HEAD";
  return (status === 301 || status === 302) && method === "POST";
}

function locationOf(location: string, base: URL): URL {
  // Node reads header values as Latin-1; a Location that is not ASCII is UTF-8.
  const text = Buffer.from(location, "latin1").toString();
  const to = URL.canParse(text, base) ? new URL(text, base) : undefined;
  if (to && /^https?:$/.test(to.protocol)) return to;
  throw new Error(`the target redirected to ${JSON.stringify(location)}, which is not an HTTP URL`);
}
