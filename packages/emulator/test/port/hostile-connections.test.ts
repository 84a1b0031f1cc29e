import { once } from "node:events";
import net from "node:net";
import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CloudTasks } from "../../src/gen/google/cloud/tasks/v2/cloudtasks_pb.ts";
import { TaskSchema } from "../../src/gen/google/cloud/tasks/v2/task_pb.ts";
import { GrpcServer } from "../../src/grpc/grpc-server.ts";
import { AccessGuard } from "../../src/http/access-guard.ts";
import { detectProtocol } from "../../src/port/detect-protocol.ts";
import { allFrom, connected, GrpcClient, type OpenPort, openPort, PREFACE, SETTINGS } from "../support/port.ts";

const methods = { getTask: async () => create(TaskSchema, { name: "t" }) };

/** Checks that both protocols are still answered. */
async function expectAlive(port: OpenPort): Promise<void> {
  using client = new GrpcClient(port);
  await expect(client.call(CloudTasks.method.getTask, {})).resolves.toMatchObject({ name: "t" });
  expect((await fetch(`${port.url}/health`)).status).toBe(200);
}

const starts: readonly [what: string, bytes: Uint8Array | string][] = [
  ["nothing", ""],
  ["one byte of a preface", "P"],
  ["half a preface", PREFACE.subarray(0, 12)],
  ["all but the end of a preface", PREFACE.subarray(0, 23)],
  ["a preface with a wrong end", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"],
  ["a preface of HTTP/3", "PRI * HTTP/3.0\r\n\r\nSM\r\n\r\n"],
  ["a preface alone", PREFACE],
  ["a preface and half a frame", Buffer.concat([PREFACE, SETTINGS.subarray(0, 5)])],
  ["a preface and settings", Buffer.concat([PREFACE, SETTINGS])],
  ["a preface and HTTP/1", Buffer.concat([PREFACE, Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")])],
  ["a preface and a frame that is too large", Buffer.concat([PREFACE, Buffer.alloc(64, 0xff)])],
  ["a preface twice", Buffer.concat([PREFACE, PREFACE])],
  ["the beginning of TLS", Uint8Array.of(22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3)],
];

test.each(starts)("the connection of a client that sends %s and closes its side is closed", async (_, bytes) => {
  await using port = await openPort({ methods });
  const before = await connected(port, bytes);
  before.end();
  await allFrom(before);
  await expectAlive(port);
  const after = await connected(port, bytes);
  after.end();
  await allFrom(after);
});

test.each(starts)("a client that sends %s and resets the connection does no harm", async (_, bytes) => {
  await using port = await openPort({ methods });
  for (const socket of [await connected(port, bytes), await connected(port, bytes)]) socket.resetAndDestroy();
  await expectAlive(port);
});

test("random bytes after the preface do not affect other clients", async () => {
  await using port = await openPort({ methods });
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 });
  await fc.assert(
    fc.asyncProperty(bytes, fc.boolean(), async (garbage, hasSettings) => {
      const socket = await connected(port, PREFACE, hasSettings ? SETTINGS : "", garbage);
      await new Promise((resolve) => socket.once("readable", resolve).once("close", resolve));
      socket.destroy();
    }),
    { numRuns: 60 },
  );
  await expectAlive(port);
});

test("a connection that broke the protocol is closed within seconds, and so is its socket if the client resets it", async () => {
  await using port = await openPort({ methods });
  const dataOnStream0 = Buffer.from([0, 0, 1, 0, 0, 0, 0, 0, 0, 65]);
  const before = openSockets();
  const start = performance.now();
  const waiting = await connected(port, PREFACE, SETTINGS, dataOnStream0);
  const resets = await Promise.all(Array.from({ length: 50 }, () => connected(port, PREFACE, SETTINGS, dataOnStream0)));
  await Promise.all(resets.map((socket) => once(socket, "readable")));
  for (const socket of resets) socket.resetAndDestroy();
  expect(await allFrom(waiting)).toContain("DATA: stream_id == 0");
  await expect.poll(openSockets, { timeout: 5_000 }).toBeLessThanOrEqual(before);
  expect(performance.now() - start).toBeLessThan(12_000);
}, 20_000);

/** The sockets of this process, those of the server included. */
function openSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length;
}

test("an idle connection after an HTTP/2 protocol error is closed", async () => {
  const grpc = new GrpcServer(
    { api: [], guard: new AccessGuard({ host: "127.0.0.1", allowedHosts: [] }) },
    { afterMs: 150, timeoutMs: 150 },
  );
  const server = net.createServer((socket) => grpc.accept(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const tooLarge = Buffer.from([0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1]);
  const { port } = server.address() as net.AddressInfo;
  expect(await allFrom(await connected({ number: port }, PREFACE, SETTINGS, tooLarge))).toContain(
    "too large frame size",
  );
  grpc.close();
  server.close();
  await once(server, "close");
});

test("many silent clients do not block others", async () => {
  await using port = await openPort({ methods });
  const silent = await Promise.all(Array.from({ length: 400 }, () => connected(port)));
  const begun = await Promise.all(Array.from({ length: 400 }, () => connected(port, "PRI")));
  const idle = await Promise.all(Array.from({ length: 200 }, () => connected(port, PREFACE, SETTINGS)));
  await expectAlive(port);
  await port.close();
  await Promise.all([...silent, ...begun, ...idle].map((socket) => allFrom(socket)));
});

test.each(["", "PRI * HTTP"])("a client that sends %j and then nothing is answered 408", async (bytes) => {
  const protocols: unknown[] = [];
  const server = net.createServer({ allowHalfOpen: true }, async (socket) =>
    protocols.push(await detectProtocol(socket, 20)),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = await connected({ number: (server.address() as net.AddressInfo).port }, bytes);
  expect(await allFrom(socket)).toBe("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n");
  server.close();
  await once(server, "close");
  expect(protocols).toEqual([undefined]);
});
