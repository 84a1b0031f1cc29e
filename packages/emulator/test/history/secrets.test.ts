import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createEmulator } from "@cloudtask/emulator";
import { CloudTaskClient } from "cloudtask";
import { expect, test } from "vitest";
import { createTask } from "../support/api.ts";
import { dataDir } from "../support/data-dir.ts";
import { startTarget } from "../support/target.ts";

const SECRET = "hunter2-hunter2";

test("a client names its secret header to the emulator, which masks it everywhere, also after a restart", async () => {
  const dir = dataDir();
  await using target = await startTarget((response) => response.end(JSON.stringify(response.req.headers)));
  const first = await createEmulator({ dataDir: dir });
  await using client = new CloudTaskClient({
    project: first.project,
    location: first.location,
    queue: "default",
    url: target.url,
    emulatorHost: first.host,
    secret: SECRET,
    secretHeader: "X-Internal-Call",
  });
  const hello = client.declare("hello");
  await hello().push();
  await hello().push({ delay: "1h" });
  await first.idle();
  expect(target.received[0]?.headers["x-internal-call"]).toBe(SECRET);
  expect(JSON.stringify(target.received[0]?.headers)).not.toContain("secret-header");
  const [attempt] = first.attempts();
  expect(attempt?.request?.headers).toContainEqual(["X-Internal-Call", "***"]);
  expect(attempt?.response?.body).toContain('"x-internal-call":"***"');
  expect(JSON.stringify(first.attempts())).not.toContain(SECRET);
  await first.close();
  expect(readFileSync(join(dir, "history.1.jsonl"), "utf8")).not.toContain(SECRET);
  await using second = await createEmulator({ dataDir: dir });
  const { tasks } = (await (await fetch(`${second.url}/inspect/tasks`)).json()) as { tasks: { name: string }[] };
  const shown = await (await fetch(`${second.url}/inspect/tasks/${tasks[0]?.name}`)).text();
  expect(shown).toContain('["X-Internal-Call","***"]');
  expect(shown).not.toContain(SECRET);
});

test("the option secretNames masks further headers and fields", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ secretNames: ["X-Mine", "iban"] });
  const body = Buffer.from(`{"iban":"${SECRET}","a":1}`).toString("base64");
  await createTask(emulator, { httpRequest: { url: target.url, headers: { "X-Mine": SECRET }, body } });
  await emulator.idle();
  expect(target.received[0]?.headers["x-mine"]).toBe(SECRET);
  expect(emulator.attempts()[0]?.request).toMatchObject({ body: '{"iban":"***","a":1}' });
  expect(JSON.stringify(emulator.attempts())).not.toContain(SECRET);
});

test.each([
  [{ secretNames: "x" }, "secretNames: expected an array of names"],
  [{ secretNames: [""] }, "secretNames: expected an array of names"],
])("the option %j is rejected", async (options, message) => {
  await expect(createEmulator(options as never)).rejects.toThrow(message);
});

test("compressed requests and responses are masked as their text", async () => {
  const json = `{"password":"${SECRET}","a":1}`;
  await using target = await startTarget((response) => {
    response.writeHead(200, { "Content-Encoding": "gzip" }).end(gzipSync(json));
  });
  await using emulator = await createEmulator();
  const headers = { "Content-Encoding": "gzip" };
  await createTask(emulator, {
    httpRequest: { url: target.url, headers, body: gzipSync(json).toString("base64") },
  });
  await emulator.idle();
  const masked = { body: '{"password":"***","a":1}', bodyNote: "decompressed", bodySize: gzipSync(json).length };
  expect(emulator.attempts()).toMatchObject([{ request: masked, response: masked }]);
});

test("a header that names many secret headers cannot fill the memory, and invalid names are ignored", async () => {
  await using emulator = await createEmulator();
  for (const name of [...Array.from({ length: 120 }, (_, index) => `x-${index}`), "no header", "x".repeat(500)])
    await fetch(`${emulator.url}/v2/${emulator.queues[0]}`, { headers: { "CloudTask-Secret-Header": name } });
  await using target = await startTarget(200);
  await createTask(emulator, { httpRequest: { url: target.url, headers: { "x-1": "abc", "x-119": "def" } } });
  await emulator.idle();
  expect(emulator.attempts()[0]?.request?.headers).toContainEqual(["x-1", "***"]);
  expect(emulator.attempts()[0]?.request?.headers).toContainEqual(["x-119", "def"]);
});
