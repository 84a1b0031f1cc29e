/** The cost of deliveries that does not depend on the machine. */
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { createTask } from "../support/api.ts";

test.each([
  ["POST", 0],
  ["POST", 2_000],
  ["GET", 0],
])("100 deliveries of a %s with %s bytes use one connection and one write each", async (httpMethod, size) => {
  let connections = 0;
  let reads = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    connections += 1;
    socket.on("error", () => undefined);
    socket.on("data", () => {
      reads += 1;
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await using emulator = await createEmulator({ queues: { default: { concurrency: 1, burst: 100, rate: 500 } } });
  const body = size === 0 ? {} : { body: Buffer.alloc(size, "a").toString("base64") };
  await Promise.all(
    Array.from({ length: 100 }, () => createTask(emulator, { url, httpRequest: { httpMethod, ...body } })),
  );
  await emulator.idle();
  expect(emulator.attempts({ outcome: "succeeded" })).toHaveLength(100);
  expect([connections, reads]).toEqual([1, 100]);
  server.close();
});
