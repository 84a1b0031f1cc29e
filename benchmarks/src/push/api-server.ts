import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { httpRequest, parent } from "./call.ts";

// A minimal server in a separate process, so its CPU time does not count towards the client's.
const answer = JSON.stringify({
  name: `${parent}/tasks/6164637243571396609`,
  httpRequest: { ...httpRequest, headers: { ...httpRequest.headers, "User-Agent": "Google-Cloud-Tasks" } },
  scheduleTime: "2026-01-01T00:00:00.000000Z",
  createTime: "2026-01-01T00:00:00Z",
  dispatchDeadline: "600s",
  view: "BASIC",
});
const headers = { "content-type": "application/json; charset=UTF-8", "content-length": Buffer.byteLength(answer) };

const server = createServer((incoming, outgoing) => {
  incoming.resume().on("end", () => outgoing.writeHead(200, headers).end(answer));
});
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
