import { execFile } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { CloudTasks } from "../../src/gen/google/cloud/tasks/v2/cloudtasks_pb.ts";
import { allFrom, connected, GrpcClient, openPort, PREFACE, SETTINGS } from "../support/port.ts";

const { getTask } = CloudTasks.method;

test("close() ends the calls in flight of both protocols and rejects new connections", async () => {
  const arrivals = new EventEmitter();
  const hang = (protocol: string) => (): Promise<never> => {
    arrivals.emit(protocol);
    return new Promise(() => undefined);
  };
  await using port = await openPort({ methods: { getTask: hang("gRPC") }, rest: hang("REST") });
  using client = new GrpcClient(port);
  const arrived = Promise.all([once(arrivals, "gRPC"), once(arrivals, "REST")]);
  const ends = Promise.allSettled([client.call(getTask, {}), fetch(port.url)]);
  await arrived;
  await port.close();
  expect(await ends).toMatchObject([{ reason: { code: status.UNAVAILABLE } }, { reason: { message: "fetch failed" } }]);
  await expect(fetch(port.url)).rejects.toThrow("fetch failed");
  await expect(client.call(getTask, {})).rejects.toMatchObject({ code: status.UNAVAILABLE });
});

test.each([
  ["has sent nothing", ""],
  ["has begun a preface", "PRI"],
  ["has begun a request", "GET / HT"],
  ["is idle in HTTP/2", Buffer.concat([PREFACE, SETTINGS])],
])("close() closes the connection of a client that %s", async (_, bytes) => {
  await using port = await openPort();
  const socket = await connected(port, bytes);
  await port.close();
  await allFrom(socket);
});

test("close() while gRPC is being loaded ends the waiting calls", async () => {
  await using port = await openPort();
  const waiting = await connected(port, PREFACE, SETTINGS);
  await fetch(`${port.url}/health`);
  await Promise.all([port.close(), allFrom(waiting)]);
});

test("a port can be closed before its first connection, and again", async () => {
  await using port = await openPort();
  await port.close();
  await port.close();
});

test("a port in use rejects with the error of the socket", async () => {
  await using port = await openPort();
  await expect(openPort({ at: port.number })).rejects.toThrow("EADDRINUSE");
});

test("a closed port does not keep the process alive", async () => {
  const script = `
    import { GrpcClient, openPort } from ${JSON.stringify(fileURLToPath(new URL("../support/port.ts", import.meta.url)))};
    import { Health } from ${JSON.stringify(fileURLToPath(new URL("../../src/grpc/health-descriptor.ts", import.meta.url)))};
    const port = await openPort();
    const client = new GrpcClient(port);
    await client.call(Health.method.check, {});
    await (await fetch(port.url)).text();
    client.stream(Health.method.watch, {}).on("error", () => client[Symbol.dispose]());
    await client.call(Health.method.check, {});
    await port.close();
    console.log("closed");`;
  const root = fileURLToPath(new URL("../../../..", import.meta.url));
  const args = ["--import", "tsx", "--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, timeout: 15_000 });
  expect(stdout.trim()).toBe("closed");
});
