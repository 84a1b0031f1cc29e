import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
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
  expect(await runHere("advance", "1h", "--url", url)).toEqual({ code: 0, out: "", err: "" });
  expect(await target.next()).toMatchObject({ body: "later" });
  expect(await runHere("idle", "--url", host)).toEqual({ code: 0, out: "", err: "" });
  const { name } = await createTask(url, QUEUE, { scheduleTime, httpRequest: { url: target.url } });
  await using reset = spawnCloudtask(["reset"], { CLOUD_TASKS_EMULATOR_HOST: host });
  expect(await reset.ended()).toBe(0);
  expect((await fetch(`${url}/v2/${name}`)).status).toBe(404);
});

test("reset --clock turns the clock back, which the emulator shows at its start", async () => {
  await using data = await temporaryFolder();
  const before = await startEmulator("--data", data.path);
  expect(await runHere("advance", "2d", "--url", before.ready.url)).toMatchObject({ code: 0 });
  await before[Symbol.asyncDispose]();
  await using emulator = await startEmulator("--data", data.path);
  const offset = async (): Promise<unknown> => {
    const state = await (await fetch(`${emulator.ready.url}/inspect/emulator`)).json();
    return (state as { readonly clockOffsetMs: number }).clockOffsetMs;
  };
  expect(await offset()).toBeGreaterThan(172_799_000);
  expect(await runHere("reset", "--clock", "--url", emulator.ready.url)).toEqual({ code: 0, out: "", err: "" });
  expect(await offset()).toBe(0);
});

test("without an emulator the command prints a remedy and exits with 1", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const { code, out, err } = await runHere("idle", "--url", `127.0.0.1:${port}`);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toBe(
    `cloudtask idle: no emulator answers at 127.0.0.1:${port} (ECONNREFUSED); start one with "npx @cloudtask/cli emulator", or set its address with --url or CLOUD_TASKS_EMULATOR_HOST`,
  );
});

test.each([
  [404, "not found", ": not found"],
  [400, '{"error":{"message":"by: expected a duration"}}', ": by: expected a duration"],
  [500, "", " without a message"],
])("an answer of %i is printed with its message", async (status, body, message) => {
  const server = createServer((_, response) => response.writeHead(status).end(body)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { code, err } = await runHere("reset", "--url", host);
  server.close();
  expect({ code, err }).toEqual({
    code: 1,
    err: `cloudtask reset: the emulator at ${host} answered ${status}${message}`,
  });
});
