import { once } from "node:events";
import { request } from "node:http";

/**
 * Sends a request and resets its connection before the answer. workerd notices a reset, but not a close.
 *
 * @param url - of the request
 * @param init - the method, headers and body
 * @param until - resolves when to reset the connection
 */
export async function abandon(
  url: string,
  { body, headers = {} }: { readonly body?: string; readonly headers?: Readonly<Record<string, string>> },
  until: Promise<unknown>,
): Promise<void> {
  const outgoing = request(url, { method: body === undefined ? "GET" : "POST", headers });
  const failed = once(outgoing, "error");
  outgoing.end(body);
  await until;
  outgoing.socket?.resetAndDestroy();
  await failed;
}
