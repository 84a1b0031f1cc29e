/**
 * A process that may write only small files. It creates tasks until the disk of its emulator is full, repeats calls that were
 * not confirmed, gets more space, and starts another emulator on the same directory. It prints its observations as JSON.
 */
import { execFileSync } from "node:child_process";
import { createEmulator } from "../../src/create-emulator.ts";
import type { Emulator } from "../../src/emulator.ts";

const [dataDir = ""] = process.argv.slice(2);
const body = Buffer.alloc(100_000).toString("base64");
const scheduleTime = new Date(Date.now() + 3_600_000).toISOString();

async function call(emulator: Emulator, method: string, path: string, json?: object): Promise<string> {
  const init = json ? { method, body: JSON.stringify(json) } : { method };
  const response = await fetch(`${emulator.url}/${path}`, init);
  const answer = (await response.json()) as { readonly error?: { readonly status: string; readonly message: string } };
  return answer.error ? `${answer.error.status}: ${answer.error.message}` : "OK";
}

const first = await createEmulator({ dataDir, queues: ["default"] });
const [queue = ""] = first.queues;
const create = (emulator: Emulator, id: string): Promise<string> => {
  const task = { name: `${queue}/tasks/${id}`, scheduleTime, httpRequest: { url: "http://127.0.0.1:9/", body } };
  return call(emulator, "POST", `v2/${queue}/tasks`, { task });
};

const confirmed: string[] = [];
let rejected: string[] = [];
for (let round = 0; rejected.length === 0 && round < 100; round += 1) {
  const ids = [0, 1, 2, 3].map((index) => `t${round}-${index}`);
  // Each name is sent twice. The answer ALREADY_EXISTS confirms that the first task was stored.
  const answers = await Promise.all([...ids, ...ids].map((id) => create(first, id)));
  const isConfirmed = answers.map((answer) => answer === "OK" || answer.startsWith("ALREADY_EXISTS"));
  confirmed.push(...ids.filter((_, index) => isConfirmed[index] || isConfirmed[index + ids.length]));
  rejected = answers.filter((_, index) => !isConfirmed[index]);
}
const last = `t${confirmed.length / 4}-0`;
const later = {
  again: await create(first, last),
  get: await call(first, "GET", `v2/${queue}/tasks/${last}`),
  firebase: await call(first, "POST", `${queue}/tasks`, { task: { httpRequest: { url: "http://127.0.0.1:9/" } } }),
  buffer: await call(first, "POST", `v2beta3/${queue}/tasks:buffer`, {}),
  reset: await call(first, "POST", "control/reset", {}),
  idle: await first.idle().catch((error: Error) => error.message),
};
const failed = await first.failed;
const closed = await first.close().catch((error: Error) => error.message);
const locked = await createEmulator({ dataDir }).catch((error: Error) => error.message);
execFileSync("sh", ["-c", `prlimit --fsize=unlimited --pid ${process.pid}`]);
const second = await createEmulator({ dataDir });
const found = await Promise.all(confirmed.map((id) => call(second, "GET", `v2/${queue}/tasks/${id}`)));
await second.close();
const lost = confirmed.filter((_, index) => found[index] !== "OK");
process.stdout.write(JSON.stringify({ confirmed, rejected, later, failed: failed.message, closed, locked, lost }));
