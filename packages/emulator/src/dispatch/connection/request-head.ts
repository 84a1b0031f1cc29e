import type { SentRequest } from "../exchange.ts";
import type { TargetUrl } from "../target-url.ts";

/** Returns the request line and the headers of a request as they are sent. All characters are Latin-1. */
export function requestHead({ method, headers }: SentRequest, { pathname, search }: TargetUrl): string {
  const lines = [`${method} ${pathname}${search} HTTP/1.1`];
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  lines.push("\r\n");
  return lines.join("\r\n");
}
