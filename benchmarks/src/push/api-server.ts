/**
 * A minimal API in a separate process, so its CPU time does not count towards the client's. It parses HTTP itself, to use as
 * little CPU as possible, and answers every request with the same task.
 */
import { type AddressInfo, createServer } from "node:net";
import { answer } from "./call.ts";

const length = Buffer.byteLength(answer);
const response = Buffer.from(
  `HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: ${length}\r\n\r\n${answer}`,
);

/** Returns the length of the first request in the text; 0 if it is incomplete. */
function requestLength(received: string): number {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return 0;
  const total = end + 4 + Number(/\r\ncontent-length: *(\d+)/i.exec(received)?.[1] ?? 0);
  return received.length < total ? 0 : total;
}

const server = createServer({ noDelay: true }, (socket) => {
  let received = "";
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    received += chunk;
    for (let size = requestLength(received); size > 0; size = requestLength(received)) {
      received = received.slice(size);
      socket.write(response);
    }
  });
  socket.on("error", () => socket.destroy());
});
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
