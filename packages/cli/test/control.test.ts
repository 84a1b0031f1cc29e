import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { temporaryFolder } from "./support/folder.ts";
import { runHere } from "./support/run-here.ts";
import { spawnCloudtask, startEmulator } from "./support/spawned.ts";
import { createTask, startTarget } from "./support/target.ts";

const QUEUE = "projects/local-project/locations/us-central1/queues/default";

test("advance delivers due tasks, idle waits for them, reset deletes tasks", async () => {
  await using target = await startTarget();
  await using emulator = await startEmulator("--memory");
  const { url, host } = emulator.ready;
  const scheduleTime = new Date(Date.now() + 3_600_000).toISOString();
  await createTask(url, QUEUE, { scheduleTime, httpRequest: { url: target.url, body: btoa("later") } });
  expect(await runHere("advance", "1h", "--emulator", url)).toEqual({
    code: 0,
    out: expect.stringMatching(/^advanced by 1h to \d{4}-\d\d-\d\dT[\d:.]+Z; 1 attempt finished$/),
    err: "",
  });
  expect(await target.next()).toMatchObject({ body: "later" });
  expect(await runHere("idle", "--emulator", host)).toEqual({
    code: 0,
    out: "idle: no due tasks, no attempts in flight; 0 attempts finished meanwhile",
    err: "",
  });
  const later = new Date(Date.now() + 3 * 3_600_000).toISOString();
  const { name } = await createTask(url, QUEUE, { scheduleTime: later, httpRequest: { url: target.url } });
  await using reset = spawnCloudtask(["reset"], { CLOUD_TASKS_EMULATOR_HOST: host });
  expect(await reset.ended()).toBe(0);
  expect(reset.out()).toMatch(/^deleted 1 task and all task names; queues: default; the clock is at \d{4}-\S+Z\n$/);
  expect((await fetch(`${url}/v2/${name}`)).status).toBe(404);
});

test("with --json, the answer of the emulator is printed", async () => {
  await using emulator = await startEmulator("--memory");
  const json = async (...args: readonly string[]): Promise<unknown> =>
    JSON.parse((await runHere(...args, "--json", `--emulator=${emulator.ready.host}`)).out);
  expect(await json("advance", "1h")).toEqual({ now: expect.stringMatching(/^\d{4}-\S+Z$/), attempts: 0 });
  expect(await json("idle")).toEqual({ attempts: 0 });
  expect(await json("reset")).toMatchObject({ tasks: 0, queues: [QUEUE] });
});

test("reset --clock resets the clock, which the emulator shows at its start", async () => {
  await using data = await temporaryFolder();
  const before = await startEmulator("--data", data.path);
  expect(await runHere("advance", "2d", "--emulator", before.ready.url)).toMatchObject({ code: 0 });
  await before[Symbol.asyncDispose]();
  await using emulator = await startEmulator("--data", data.path);
  const offset = async (): Promise<unknown> => {
    const state = await (await fetch(`${emulator.ready.url}/inspect/emulator`)).json();
    return (state as { readonly clockOffsetMs: number }).clockOffsetMs;
  };
  expect(await offset()).toBeGreaterThan(172_799_000);
  expect(await runHere("reset", "--clock", "--emulator", emulator.ready.url)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^deleted 0 tasks /),
    err: "",
  });
  expect(await offset()).toBe(0);
});

test("without an emulator the command prints a remedy and exits with 1", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const { code, out, err } = await runHere("idle", "--emulator", `127.0.0.1:${port}`);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toBe(
    `cloudtask idle: no emulator answers at 127.0.0.1:${port} (ECONNREFUSED); start one with "npx @cloudtask/cli emulator", or set its address with --emulator or CLOUD_TASKS_EMULATOR_HOST`,
  );
});

test.each([
  [404, "not found", ": not found"],
  [404, "\u001b[2J\u001b]0;x\u0007gone\r\nmore", ": \\u001b[2J\\u001b]0;x\\u0007gone\\u000d\\u000amore"],
  [400, '{"error":{"message":"\\u001b[31mred"}}', ": \\u001b[31mred"],
  [400, '{"error":{"message":"by: expected a duration"}}', ": by: expected a duration"],
  [500, "", " without a message"],
])("an answer of %i is printed with its message", async (status, body, message) => {
  const server = createServer((_, response) => response.writeHead(status).end(body)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { code, err } = await runHere("reset", "--emulator", host);
  server.close();
  expect({ code, err }).toEqual({
    code: 1,
    err: `cloudtask reset: the emulator at ${host} answered ${status}${message}`,
  });
});

test.each([
  [
    "an endless answer",
    (response: ServerResponse) => void Readable.from(endless()).pipe(response),
    "is longer than 64 KiB",
  ],
  [
    "an answer without JSON",
    (response: ServerResponse) => response.end("<html>\u001b[2J"),
    "did not answer as an emulator",
  ],
])("%s is an error, and the command ends", async (_, answer, message) => {
  const server = createServer((__, response) => void answer(response)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { code, out, err } = await runHere("idle", "--emulator", host);
  server.closeAllConnections();
  server.close();
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toContain(message);
  expect(err).toContain(host);
  expect(err).not.toContain("\u001b");
});

test("the fields of an answer cannot control the terminal", async () => {
  const answer = JSON.stringify({ now: "\u001b[2Jnow", attempts: "\u001b[31m" });
  const server = createServer((_, response) => response.end(answer)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { code, out } = await runHere("advance", "1h", "--emulator", host);
  server.close();
  expect(code).toBe(0);
  expect(out).not.toContain("\u001b");
});

function* endless(): Generator<string> {
  for (;;) yield "x".repeat(1_000);
}
