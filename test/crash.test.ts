import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmulator } from "@cloudtask/emulator";
import { CloudTaskClient } from "cloudtask";
import { afterEach, beforeEach, expect, test } from "vitest";

/** A worker in a process of its own: writes down what it was given, and is slow enough to be killed in the middle of it. */
const WORKER = `
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import { CloudTaskClient } from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";
const client = new CloudTaskClient({ url: "http://127.0.0.1/", secret: "s3cret" });
client.task("count", async (index) => {
  await new Promise((resolve) => setTimeout(resolve, 20));
  appendFileSync(process.env.SEEN, index + "\\n");
});
const server = createServer(cloudTaskListener(client));
server.listen(Number(process.env.PORT), "127.0.0.1", () => console.log(server.address().port));
`;

let folder: string;
let seenFile: string;
let worker: ChildProcess | undefined;
let complaints = "";

beforeEach(async () => {
  folder = await mkdtemp(join(process.cwd(), "node_modules", ".crash-test-"));
  seenFile = join(await mkdtemp(join(tmpdir(), "cloudtask-crash-")), "seen.txt");
  await writeFile(join(folder, "worker.mjs"), WORKER);
  await writeFile(seenFile, "");
});

afterEach(async () => {
  worker?.kill("SIGKILL");
  await rm(folder, { recursive: true });
});

async function startWorker(port = 0): Promise<number> {
  const env = { ...process.env, PORT: String(port), SEEN: seenFile };
  const child = spawn(process.execPath, [join(folder, "worker.mjs")], { env, stdio: ["ignore", "pipe", "pipe"] });
  worker = child;
  child.stderr?.on("data", (chunk) => {
    complaints += chunk;
  });
  return new Promise((resolve, reject) => {
    child.stdout?.once("data", (line) => resolve(Number(line)));
    child.once("exit", () => reject(new Error("the worker did not start")));
  });
}

async function seen(): Promise<number[]> {
  return (await readFile(seenFile, "utf8")).split("\n").filter(Boolean).map(Number);
}

test("a worker killed in the middle of a burst and restarted: every task is delivered, none lost", async () => {
  const queue = {
    name: "default",
    rate: 500,
    burst: 100,
    concurrency: 50,
    minBackoff: "100ms",
    maxBackoff: "1s",
  } as const;
  await using emulator = await createEmulator({ queues: [queue] });
  const port = await startWorker();
  await using client = new CloudTaskClient({
    url: `http://127.0.0.1:${port}/`,
    emulatorHost: emulator.host,
    secret: "s3cret",
  });
  const count = client.task("count", (_: number) => undefined);
  const failed = { unanswered: 0 };
  const killed = new Promise<void>((resolve) => {
    let answered = 0;
    emulator.on("attempt", (event) => {
      if (event.phase !== "finished") return;
      if (event.status === undefined) failed.unanswered++;
      if (event.status === 200 && ++answered === 200) {
        worker?.once("exit", () => resolve());
        worker?.kill("SIGKILL");
      }
    });
  });
  const tasks = Array.from({ length: 1_000 }, (_, index) => count(index));
  await Promise.all([client.pushMany(tasks), killed]);
  await startWorker(port);
  while (new Set(await seen()).size < tasks.length) {
    await emulator.advance("1s");
    await emulator.idle();
  }
  const delivered = await seen();
  expect(new Set(delivered).size).toBe(1_000);
  expect(failed.unanswered).toBeGreaterThan(0);
  expect(complaints).toBe("");
  // At least once: only what was in flight when the worker died can have run twice.
  expect(delivered.length).toBeLessThanOrEqual(1_000 + queue.concurrency);
}, 30_000);
