import { once } from "node:events";
import { request } from "node:http";

/**
 * Sends a request and hangs up in the middle of it. It resets the connection: that is what workerd sees.
 *
 * @param url - where to
 * @param init - the method, headers and body
 * @param until - when
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
