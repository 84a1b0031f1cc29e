import { Agent, request } from "node:http";
import { httpRequest, parent, payload } from "../push/call.ts";
import { CONCURRENCY, type OpenBulkPeer, repeat } from "./peer.ts";

/** A loop of single creates over `node:http`: no retries, no checks, no time limits. */
export const bareLoop: OpenBulkPeer = (port) => {
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  const options = { host: "127.0.0.1", port, agent, method: "POST", path: `/v2/${parent}/tasks` } as const;

  function create(): Promise<string> {
    const body = JSON.stringify({ task: { httpRequest: { ...httpRequest, body: btoa(payload) } } });
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const outgoing = request({ ...options, headers }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("end", () => resolve(JSON.parse(Buffer.concat(chunks).toString()).name));
      });
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }

  return { create: (count) => repeat(count, create), close: async () => agent.destroy() };
};
