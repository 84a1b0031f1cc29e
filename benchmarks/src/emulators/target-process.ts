/**
 * The target of all deliveries: answers 200 to every request, and records the first arrival of each task of the current run.
 * It parses HTTP itself, to use as little CPU as possible.
 */
import { createServer, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { type Arrivals, type Expect, now } from "./target.ts";

const answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
let run = "";
let expected = 0;
let times: (number | undefined)[] = [];
let distinct = 0;
let busy = performance.eventLoopUtilization();

function sendToParent(message: Arrivals | { readonly port: number }): void {
  process.send?.(message);
}

function report(): void {
  const { utilization } = performance.eventLoopUtilization(busy);
  sendToParent({ run, times: times.map((time) => time ?? 0), utilization });
  run = "";
}

/** Requests of the current run have the path `/run/number`. */
function recordArrival(head: string): void {
  const [, of, number] = head.slice(0, head.indexOf(" HTTP/")).split("/");
  const id = Number(number);
  if (of !== run || times[id] !== undefined) return;
  if (distinct === 0) busy = performance.eventLoopUtilization();
  times[id] = now();
  distinct += 1;
  if (distinct === expected) report();
}

/** Answers the complete requests in `received`, and returns the remaining text. */
function answerRequests(socket: Socket, received: string): string {
  let rest = received;
  let answers = "";
  for (let end = rest.indexOf("\r\n\r\n"); end >= 0; end = rest.indexOf("\r\n\r\n")) {
    const head = rest.slice(0, end);
    if (/\r\ntransfer-encoding:/i.test(head))
      throw new Error(`the target requires a Content-Length, received\n${head}`);
    const length = end + 4 + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    if (rest.length < length) break;
    recordArrival(head);
    answers += answer;
    rest = rest.slice(length);
  }
  if (answers !== "") socket.write(answers);
  return rest;
}

const server = createServer({ noDelay: true }, (socket) => {
  let received = "";
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    received = answerRequests(socket, received + chunk);
  });
  // A killed emulator resets its connections.
  socket.on("error", () => socket.destroy());
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address !== "string") sendToParent({ port: address.port });
});

process.on("message", (message: Expect | "report") => {
  if (message === "report") return run === "" ? undefined : report();
  ({ run, expected } = message);
  times = new Array(expected).fill(undefined);
  distinct = 0;
});
process.on("disconnect", () => process.exit());
