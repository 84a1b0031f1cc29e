import { setTimeout as delay } from "node:timers/promises";
import { startServer } from "../harness/child-process.ts";

/** The measurements of a purge. */
interface Purge {
  /** From the start of the process until the emulator listens, with all tasks loaded. */
  readonly restartMs: number;
  /** From the purge to its answer. */
  readonly answerMs: number;
  /** The longest time that another call waited for its answer, without a purge. */
  readonly idleMs: number;
  /** The same from the purge until a few seconds after its answer. */
  readonly meanwhileMs: number;
}

const LOCATION = "projects/bench/locations/us-central1";
/** A call is sent so often while the purge runs, and for so long afterwards. */
const EVERY_MS = 5;
const AFTER_MS = 4_000;

/** Restarts an emulator with its tasks, and purges them while it answers other calls. */
export async function measurePurge(server: string, dataDir: string): Promise<Purge> {
  const startedAt = performance.now();
  const { address, stop } = await startServer(server, { args: [dataDir], nodeArgs: ["--max-old-space-size=6144"] });
  try {
    const restartMs = performance.now() - startedAt;
    const api = `http://127.0.0.1:${address}/v2/${LOCATION}`;
    await call(`${api}/queues`, { name: `${LOCATION}/queues/other` });
    const idleMs = await longestCall(api, delay(1_000));
    const purgedAt = performance.now();
    const purge = call(`${api}/queues/full:purge`, {}).then(() => performance.now() - purgedAt);
    const meanwhileMs = await longestCall(
      api,
      purge.then(() => delay(AFTER_MS)),
    );
    return { restartMs, answerMs: await purge, idleMs, meanwhileMs };
  } finally {
    await stop();
  }
}

/** Creates a task in another queue again and again until `end`. Returns the longest time until an answer. */
async function longestCall(api: string, end: Promise<unknown>): Promise<number> {
  let ended = false;
  const calls: Promise<number>[] = [];
  const over = end.finally(() => {
    ended = true;
  });
  while (!ended) {
    calls.push(timeOfCreate(api));
    await delay(EVERY_MS);
  }
  await over;
  return Math.max(...(await Promise.all(calls)));
}

async function timeOfCreate(api: string): Promise<number> {
  const sentAt = performance.now();
  const scheduleTime = new Date(Date.now() + 86_400_000).toISOString();
  await call(`${api}/queues/other/tasks`, { task: { scheduleTime, httpRequest: { url: "http://127.0.0.1:8080/" } } });
  return performance.now() - sentAt;
}

async function call(url: string, body: object): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`expected status 200 from ${url}, received ${response.status}: ${text}`);
}
