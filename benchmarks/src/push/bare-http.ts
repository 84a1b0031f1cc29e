import { Agent, request } from "node:http";
import { createBody, parent } from "./call.ts";
import type { OpenPeer } from "./peer.ts";

/**
 * The least that a push can cost: a call of `node:http` that sends the same bytes as cloudtask, without checks, retries and time
 * limits.
 */
export const open: OpenPeer = (port) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const options = { host: "127.0.0.1", port, agent, method: "POST", path: `/v2/${parent}/tasks` } as const;
  return {
    push() {
      const body = createBody();
      const headers = {
        "content-type": "application/json",
        "user-agent": "cloudtask/0.1.0",
        authorization: "Bearer benchmark",
        "content-length": Buffer.byteLength(body),
      };
      return new Promise((resolve, reject) => {
        const outgoing = request({ ...options, headers }, (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
          incoming.on("end", () => resolve(JSON.parse(Buffer.concat(chunks).toString()).name));
        });
        outgoing.on("error", reject);
        outgoing.end(body);
      });
    },
    close: async () => agent.destroy(),
  };
};
