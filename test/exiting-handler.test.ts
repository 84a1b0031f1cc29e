import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createEmulator } from "@cloudtask/emulator";
import { CloudTaskClient } from "cloudtask";
import { afterEach, beforeEach, expect, test } from "vitest";

/** Runs in a process of its own, and writes its runs and discards to a file. */
const WORKER = `
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import { CloudTaskClient } from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";
const client = new CloudTaskClient({ url: "http://127.0.0.1/", secret: "s3cret-key" });
const note = (words) => appendFileSync(process.env.NOTES, words + "\\n");
client.task("leak-memory", {
  run: () => {
    note("run");
    process.exit(1);
  },
  onDiscard: ({ reason, payload, delivery }) => note(\`discard \${reason} \${payload} \${delivery.isLastAttempt}\`),
});
const server = createServer(cloudTaskListener(client));
server.listen(Number(process.env.PORT), "127.0.0.1", () => console.log(server.address().port));
`;

let folder: string;
let worker: ChildProcess;

beforeEach(async () => {
  folder = await mkdtemp(join(process.cwd(), "node_modules", ".exit-test-"));
  await writeFile(join(folder, "worker.mjs"), WORKER);
  await writeFile(join(folder, "notes"), "");
});

afterEach(async () => {
  worker.kill("SIGKILL");
  await rm(folder, { recursive: true });
});

/** Starts the worker, on the port of the one before it. */
async function startWorker(port: number): Promise<number> {
  const env = { ...process.env, PORT: String(port), NOTES: join(folder, "notes") };
  worker = spawn(process.execPath, [join(folder, "worker.mjs")], { env, stdio: ["ignore", "pipe", "inherit"] });
  expect.assert(worker.stdout);
  const [line] = await once(worker.stdout, "data");
  return Number(line);
}

test("a handler that ends its process on every attempt is discarded after a bounded number of attempts", {
  timeout: 120_000,
}, async () => {
  await using emulator = await createEmulator({ queues: { default: {} } });
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
  const notes = (await readFile(join(folder, "notes"), "utf8")).trim().split("\n");
  expect(notes).toEqual([...Array(runs).fill("run"), "discard max-attempts 7 true"]);
  expect(await (await fetch(`${emulator.url}/v2/${emulator.queues[0]}/tasks`)).json()).toEqual({});
});
