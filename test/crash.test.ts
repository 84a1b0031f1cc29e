import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmulator } from "@cloudtask/emulator";
import { CloudTaskClient } from "cloudtask";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endProcess } from "./support/end-process.ts";

/** Runs in a separate process. It writes each payload to a file, and is slow enough to be killed while handlers run. */
const WORKER = `
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import { CloudTaskClient } from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";
const client = new CloudTaskClient({ url: "http://127.0.0.1/", secret: "s3cret-key" });
client.task("count", async (index) => {
  await new Promise((resolve) => setTimeout(resolve, 20));
  appendFileSync(process.env.DELIVERED, index + "\\n");
});
const server = createServer(cloudTaskListener(client));
server.listen(Number(process.env.PORT), "127.0.0.1", () => console.log(server.address().port));
`;

let folder: string;
let deliveredFile: string;
let worker: ChildProcess | undefined;
let errorOutput = "";

beforeEach(async () => {
  folder = await mkdtemp(join(process.cwd(), "node_modules", ".crash-test-"));
  deliveredFile = join(await mkdtemp(join(tmpdir(), "cloudtask-crash-")), "delivered.txt");
  await writeFile(join(folder, "worker.mjs"), WORKER);
  await writeFile(deliveredFile, "");
});

afterEach(async () => {
  await endProcess(worker);
  await rm(folder, { recursive: true });
});

async function startWorker(port = 0): Promise<number> {
  const env = { ...process.env, PORT: String(port), DELIVERED: deliveredFile };
  const child = spawn(process.execPath, [join(folder, "worker.mjs")], { env, stdio: ["ignore", "pipe", "pipe"] });
  worker = child;
  child.stderr?.on("data", (chunk) => {
    errorOutput += chunk;
  });
  return new Promise((resolve, reject) => {
    child.stdout?.once("data", (line) => resolve(Number(line)));
    child.once("exit", () => reject(new Error("the worker did not start")));
  });
}

async function delivered(): Promise<number[]> {
  return (await readFile(deliveredFile, "utf8")).split("\n").filter(Boolean).map(Number);
}

test("a worker that is killed during a burst and restarted loses no task", async () => {
  const queue = {
    rate: 500,
    burst: 100,
    concurrency: 50,
    retry: { minBackoff: "100ms", maxBackoff: "1s" },
  };
  await using emulator = await createEmulator({ queues: { default: queue } });
  const port = await startWorker();
  await using client = new CloudTaskClient({
    url: `http://127.0.0.1:${port}/`,
    emulatorHost: emulator.host,
    secret: "s3cret-key",
  });
  const count = client.task("count", (_: number) => undefined);
  let unanswered = 0;
  const killed = new Promise<void>((resolve) => {
    let answered = 0;
    emulator.on("attempt", (event) => {
      if (event.phase !== "finished") return;
      if (event.status === undefined) unanswered++;
      if (event.status === 200 && ++answered === 200) {
        worker?.once("exit", () => resolve());
        worker?.kill("SIGKILL");
      }
    });
  });
  const tasks = Array.from({ length: 1_000 }, (_, index) => count(index));
  await Promise.all([client.pushMany(tasks), killed]);
  await startWorker(port);
  while (new Set(await delivered()).size < tasks.length) {
    await emulator.advance("1s");
    await emulator.idle();
  }
  const runs = await delivered();
  expect(new Set(runs).size).toBe(1_000);
  expect(unanswered).toBeGreaterThan(0);
  expect(errorOutput).toBe("");
  // Delivered at least once: only tasks that were running when the worker was killed can run twice.
  expect(runs.length).toBeLessThanOrEqual(1_000 + queue.concurrency);
}, 30_000);
