import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { CloudTaskClient } from "cloudtask";
import { createAdmin, type DeadLetter } from "cloudtask/admin";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endProcess } from "./support/end-process.ts";

/** Runs in a process of its own, and writes its runs and discards to a file. */
const WORKER = `
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import { CloudTaskClient } from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";
const client = new CloudTaskClient({
  url: process.env.WORKER_URL,
  emulatorHost: process.env.EMULATOR,
  secret: "s3cret-key",
  deadLetter: "dead",
  logger: { warn() {}, error() {} },
});
const note = (words) => appendFileSync(process.env.NOTES, words + "\\n");
client.task("leak-memory", {
  run: () => {
    note("run");
    if (!process.env.MENDED) process.exit(1);
  },
  onDiscard: ({ reason, payload, delivery }) => note(\`discard \${reason} \${payload} \${delivery.isLastAttempt}\`),
});
const server = createServer(cloudTaskListener(client));
server.listen(Number(process.env.PORT), "127.0.0.1", () => console.log(server.address().port));
`;

let folder: string;
let worker: ChildProcess;
let emulator: Emulator;

beforeEach(async () => {
  emulator = await createEmulator({ queues: { default: {}, dead: { paused: true } } });
  folder = await mkdtemp(join(process.cwd(), "node_modules", ".exit-test-"));
  await writeFile(join(folder, "worker.mjs"), WORKER);
  await writeFile(join(folder, "notes"), "");
});

afterEach(async () => {
  await endProcess(worker);
  await emulator.close();
  await rm(folder, { recursive: true });
});

/** Starts the worker, on the port of the one before it. */
async function startWorker(port: number, settings: { readonly MENDED?: string } = {}): Promise<number> {
  const own = { PORT: String(port), WORKER_URL: `http://127.0.0.1:${port}/`, EMULATOR: emulator.host, ...settings };
  const env = { ...process.env, ...own, NOTES: join(folder, "notes") };
  worker = spawn(process.execPath, [join(folder, "worker.mjs")], { env, stdio: ["ignore", "pipe", "inherit"] });
  expect.assert(worker.stdout);
  const [line] = await once(worker.stdout, "data");
  return Number(line);
}

async function notes(): Promise<readonly string[]> {
  return (await readFile(join(folder, "notes"), "utf8")).trim().split("\n");
}

test("a handler that ends its process on every attempt is discarded after a bounded number of attempts, and redriven once mended", {
  timeout: 120_000,
}, async () => {
  const port = await startWorker(0);
  await using client = new CloudTaskClient({
    url: `http://127.0.0.1:${port}/`,
    emulatorHost: emulator.host,
    secret: "s3cret-key",
    retry: { minBackoff: "1h", maxBackoff: "1h" },
  });
  const statuses: (number | undefined)[] = [];
  emulator.on("attempt", (event) => event.phase === "finished" && statuses.push(event.status));
  const leakMemory = client.declare<number>("leak-memory", { retry: { maxAttempts: 3 } });
  await leakMemory(7).push();
  await emulator.idle();
  while (statuses.at(-1) !== 200 && statuses.length < 50) {
    await startWorker(port);
    await emulator.advance("1h");
  }
  // The limit, and 15 attempts that an outage could have ended. The last attempt only discards.
  const runs = 3 + 15;
  expect(statuses).toEqual([...Array(runs).fill(undefined), 200]);
  const discarded = [...Array(runs).fill("run"), "discard max-attempts 7 true"];
  expect(await notes()).toEqual(discarded);

  const { deadLetters } = createAdmin(client);
  const letters: DeadLetter[] = [];
  for await (const each of deadLetters.list("dead")) letters.push(each);
  const [letter] = letters;
  expect(letters).toHaveLength(1);
  expect(letter).toMatchObject({
    task: "leak-memory",
    payload: 7,
    reason: "max-attempts",
    attempts: runs + 1,
    homeQueue: "default",
    message: expect.stringContaining(
      `"leak-memory" has reached its retry limits (maxAttempts: 3), and ${runs} attempts`,
    ),
  });
  expect(Number(letter?.lastAt) - Number(letter?.firstAt)).toBeGreaterThan((runs - 1) * 3_600_000);

  await endProcess(worker);
  await startWorker(port, { MENDED: "1" });
  expect(await deadLetters.redrive("dead")).toEqual({ redriven: 1, failed: [] });
  await emulator.idle();
  expect(await notes()).toEqual([...discarded, "run"]);
  expect(statuses).toHaveLength(runs + 2);
  expect(statuses.at(-1)).toBe(200);
  for (const queue of emulator.queues) {
    expect(await (await fetch(`${emulator.url}/v2/${queue}/tasks`)).json()).toEqual({});
  }
});
