import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { temporaryFolder } from "./support/folder.ts";
import { startEmulator } from "./support/spawned.ts";

const QUEUE = "projects/local-project/locations/us-central1/queues/default";
const httpRequest = { url: "http://127.0.0.1:9/", body: Buffer.alloc(500_000).toString("base64") };
const task = { scheduleTime: new Date(Date.now() + 3_600_000).toISOString(), httpRequest };

/** Creates a task. Resolves with `true` if the emulator confirmed it. */
async function create(url: string): Promise<boolean> {
  const init = { method: "POST", body: JSON.stringify({ task }) };
  return fetch(`${url}/v2/${QUEUE}/tasks`, init).then(
    ({ ok }) => ok,
    () => false,
  );
}

test.runIf(process.platform === "linux")("on a full disk the emulator prints one line and exits with 1", async () => {
  await using folder = await temporaryFolder();
  await using emulator = await startEmulator("--data", folder.path);
  execFileSync("sh", ["-c", `prlimit --fsize=2000000 --pid ${emulator.child.pid}`]);
  let confirmed = 0;
  while (await create(emulator.ready.url)) confirmed += 1;
  expect(confirmed).toBeGreaterThan(0);
  expect(await emulator.ended()).toBe(1);
  expect(emulator.err()).toMatch(
    /^cloudtask emulator: The data directory \S+ cannot be written: .+ Check the disk.+\n$/,
  );
  await using second = await startEmulator("--data", folder.path);
  const { tasks } = await (await fetch(`${second.ready.url}/v2/${QUEUE}/tasks`)).json();
  expect(tasks).toHaveLength(confirmed);
  expect(await second.kill("SIGTERM")).toBe(0);
});
