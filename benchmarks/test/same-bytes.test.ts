import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { open as bareHttp } from "../src/push/bare-http.ts";
import { answer } from "../src/push/call.ts";
import { open as cloudtask } from "../src/push/cloudtask.ts";
import type { OpenPeer } from "../src/push/peer.ts";

/** Returns the bytes of one push, with the lines of its head sorted, without the name of the header in its own case. */
async function bytesOf(open: OpenPeer): Promise<{ readonly head: readonly string[]; readonly body: string }> {
  let received = "";
  const server = createServer((socket) => {
    socket.setEncoding("latin1").on("data", (chunk) => {
      received += chunk;
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(answer)}\r\n\r\n${answer}`);
    });
  });
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const { push, close } = open(port);
  await push();
  await close();
  const [head = "", body = ""] = received.split("\r\n\r\n");
  const lines = head
    .split("\r\n")
    .map((line) => line.replace(String(port), "PORT").replace(/cloudtask\/[\d.]+/, "cloudtask/VERSION"));
  return { head: lines.map((line) => line.replace(/^[\w-]+(?=: )/, (name) => name.toLowerCase())).toSorted(), body };
}

test("the bare loop sends the same bytes as a push", async () => {
  const [ours, bare] = [await bytesOf(cloudtask), await bytesOf(bareHttp)];
  expect(ours).toEqual(bare);
});
