/**
 * A minimal server in a separate process: creates and batches, answered without a look at the tasks. It costs less than the client,
 * so the client is measured.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { httpRequest, parent } from "../push/call.ts";

const task = JSON.stringify({
  name: `${parent}/tasks/6164637243571396609`,
  httpRequest: { ...httpRequest, headers: { ...httpRequest.headers, "User-Agent": "Google-Cloud-Tasks" } },
  scheduleTime: "2026-01-01T00:00:00.000000Z",
  createTime: "2026-01-01T00:00:00Z",
  dispatchDeadline: "600s",
  view: "BASIC",
});
const single = Buffer.from(task);
const operations = `${parent.slice(0, parent.indexOf("/queues/"))}/operations/`;
const batchStart = '{"requests":[{"parent"';
const ID = '"requestId":"';

/** The answers to batches, by size. */
const answers = new Map<number, string>();

function batchAnswer(body: Buffer): Buffer {
  let count = 0;
  for (let at = body.indexOf('{"parent"'); at >= 0; at = body.indexOf('{"parent"', at + 300)) count += 1;
  const known = answers.get(count);
  const tasks = known ?? Array.from({ length: count }, () => task).join(",");
  if (known === undefined) answers.set(count, tasks);
  const idAt = body.lastIndexOf(ID) + ID.length;
  const id = body.toString("latin1", idAt, idAt + 36);
  return Buffer.from(`{"name":"${operations}${id}","done":true,"response":{"tasks":[${tasks}]}}`, "latin1");
}

const server = createServer((incoming, outgoing) => {
  const chunks: Buffer[] = [];
  incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
  incoming.on("end", () => {
    const isBatch = incoming.url?.endsWith(":batchCreate") && chunks[0]?.toString("latin1", 0, 22) === batchStart;
    const answer = isBatch ? batchAnswer(Buffer.concat(chunks)) : single;
    outgoing.writeHead(200, {
      "content-type": "application/json; charset=UTF-8",
      "content-length": answer.length,
    });
    outgoing.end(answer);
  });
});
// Each peer is idle while the others run.
server.keepAliveTimeout = 600_000;
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
