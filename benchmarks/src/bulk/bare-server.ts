/**
 * A minimal server in a separate process: creates and batches, answered without a look at the tasks. It costs less than the client,
 * so the client is measured.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { answer, parent } from "../push/call.ts";

const single = Buffer.from(answer);
const operations = `${parent.slice(0, parent.indexOf("/queues/"))}/operations/`;
const batchStart = '{"requests":[{"parent"';
const ID = '"requestId":"';

/** The answers to batches, by size. */
const answers = new Map<number, string>();

function batchAnswer(body: Buffer): Buffer {
  let count = 0;
  for (let at = body.indexOf('{"parent"'); at >= 0; at = body.indexOf('{"parent"', at + 300)) count += 1;
  const known = answers.get(count);
  const tasks = known ?? Array.from({ length: count }, () => answer).join(",");
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
    const response = isBatch ? batchAnswer(Buffer.concat(chunks)) : single;
    outgoing.writeHead(200, {
      "content-type": "application/json; charset=UTF-8",
      "content-length": response.length,
    });
    outgoing.end(response);
  });
});
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
