import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { created } from "./api-server.ts";

/** An API in a process of its own, which answers creates after some time. It sends its port, and on each message its counts. */
const answerMs = Number(process.argv[2]);
const counts = new Map<number, number>();

function count(text: string): void {
  const { payload } = JSON.parse(Buffer.from(JSON.parse(text).task.httpRequest.body, "base64").toString());
  counts.set(payload, (counts.get(payload) ?? 0) + 1);
}

const server = createServer(async (incoming: IncomingMessage, outgoing) => {
  const { method = "", url = "", headers } = incoming;
  const text = Buffer.concat(await incoming.toArray()).toString();
  count(text);
  setTimeout(() => created(outgoing, { method, path: url, headers, text }), answerMs);
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));

process.on("message", () => {
  const times = [...counts.values()];
  process.send?.({ tasks: times.length, creates: times.reduce((total, each) => total + each, 0) });
});
// Without its parent, no process would end this one.
process.on("disconnect", () => process.exit());
