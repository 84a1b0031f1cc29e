import { createBody, parent } from "./call.ts";
import type { OpenPeer } from "./peer.ts";

/** The same call over `fetch`, the alternative to `node:http`. */
export const open: OpenPeer = (port) => ({
  async push() {
    const response = await fetch(`http://127.0.0.1:${port}/v2/${parent}/tasks`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer benchmark" },
      body: createBody(),
    });
    return ((await response.json()) as { readonly name: string }).name;
  },
  close: async () => undefined,
});
