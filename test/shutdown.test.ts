import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AttemptFinished, createEmulator, type Emulator } from "@cloudtask/emulator";
import { CloudTaskClient } from "cloudtask";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Mark, readMarks, startWorkerProcess, type WorkerProcess } from "./support/worker-process.ts";

const TASKS = 1_500;
const QUEUE = {
  rate: 500,
  burst: 500,
  concurrency: 100,
  retry: { minBackoff: "50ms", maxBackoff: "200ms" },
};

/** The signal that ends each worker except the last, and the number of finished tasks at which it is sent. */
const ENDS = [
  { signal: "SIGTERM", done: 150 },
  { signal: "SIGTERM", done: 400 },
  { signal: "SIGKILL", done: 650 },
  { signal: "SIGTERM", done: 900 },
  { signal: "SIGTERM", done: 1_150 },
] as const;

let folder: string;
let marksFile: string;
let workers: WorkerProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cloudtask-shutdown-"));
  marksFile = join(folder, "marks.txt");
  await writeFile(marksFile, "");
  workers = [];
});

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.end("SIGKILL")));
  await rm(folder, { recursive: true });
});

async function startWorker(graceMs: number): Promise<WorkerProcess> {
  const worker = await startWorkerProcess(marksFile, graceMs);
  workers.push(worker);
  return worker;
}

interface AttemptWatcher {
  readonly finished: readonly AttemptFinished[];
  /** Resolves when `count` tasks are done. */
  done(count: number): Promise<void>;
}

function watchAttempts(emulator: Emulator): AttemptWatcher {
  const finished: AttemptFinished[] = [];
  const checks = new Set<() => void>();
  let count = 0;
  emulator.on("attempt", (event) => {
    if (event.phase !== "finished") return;
    finished.push(event);
    if (event.status === 200) count++;
    for (const check of checks) check();
  });
  return {
    finished,
    done: (tasks) =>
      new Promise((resolve) => {
        checks.add(() => count >= tasks && resolve());
        for (const check of checks) check();
      }),
  };
}

type Key = { readonly task: string; readonly attempt: number };
const keyOf = ({ task, attempt }: Key): string => `${task.split("/").at(-1)} ${attempt}`;

/** The deliveries that reached a stage. */
function deliveries(marks: readonly Mark[], event: Mark["event"]): ReadonlySet<string> {
  return new Set(marks.filter((mark) => mark.event === event).map(keyOf));
}

/** Counts the violations of an orderly shutdown by one process. */
function violations(marks: readonly Mark[]): Readonly<Record<string, number>> {
  const [started, ended] = [deliveries(marks, "start"), deliveries(marks, "end")];
  const firstRejection = marks.findIndex(({ event }) => event === "rejected");
  const startedLate = firstRejection < 0 ? [] : marks.slice(firstRejection).filter(({ event }) => event === "start");
  const closed = marks.findIndex(({ event }) => event === "closed");
  return {
    unfinished: [...started].filter((key) => !ended.has(key)).length,
    aborted: deliveries(marks, "abort").size,
    startedAfterRejection: startedLate.length,
    afterClosed: marks.slice(closed + 1).filter(({ event }) => event !== "rejected").length,
  };
}

test("a worker that is restarted under load finishes its started tasks and loses none; only a killed worker repeats tasks", async () => {
  await using emulator = await createEmulator({ queues: { default: QUEUE }, history: { attempts: 0 } });
  const watcher = watchAttempts(emulator);
  // All workers are loaded first, because loading one takes longer than running all tasks.
  const [first, ...others] = await Promise.all([0, ...ENDS].map(() => startWorker(4_000)));
  let worker = first ?? (await startWorker(4_000));
  const port = await worker.listen(0);
  const url = `http://127.0.0.1:${port}/`;
  await using client = new CloudTaskClient({ url, emulatorHost: emulator.host, secret: "s3cret-key" });
  const work = client.task("work", (_: number) => undefined);
  // Most tasks are short; some take as long as many others together.
  const pushing = client.pushMany(
    Array.from({ length: TASKS }, (_, index) => work(index % 50 ? 10 + (index % 30) : 400)),
  );
  const startedAt = performance.now();
  const ends: (number | string)[] = [];
  const killed = new Set<number>();
  for (const [index, { signal, done }] of ENDS.entries()) {
    await watcher.done(done);
    if (signal === "SIGKILL") killed.add(worker.pid);
    ends.push(await worker.end(signal));
    worker = others[index] ?? worker;
    await worker.listen(port);
  }
  await pushing;
  const all = watcher.done(TASKS);
  // Rejected deliveries are retried after their Retry-After.
  await emulator.advance("5s");
  await all;
  ends.push(await worker.end("SIGTERM"));
  const seconds = (performance.now() - startedAt) / 1000;

  const marks = await readMarks(marksFile);
  const [started, ended] = [deliveries(marks, "start"), deliveries(marks, "end")];
  const inKilled = new Set(marks.filter(({ pid }) => killed.has(pid)).map(keyOf));
  const answered = (status: number | undefined) => watcher.finished.filter((attempt) => attempt.status === status);
  const answeredDone = new Set(answered(200).map(keyOf));
  const [done, rejected, unanswered] = [answered(200), answered(503), answered(undefined)];
  process.stdout.write(
    `${TASKS} tasks in ${seconds.toFixed(1)} s, workers ended ${ends.join(", ")}: ${watcher.finished.length} attempts, ` +
      `${done.length} done, ${rejected.length} rejected, ${unanswered.length} unanswered (${unanswered.filter((each) => started.has(keyOf(each))).length} of them started); ` +
      `${ended.size - done.length} repeated\n`,
  );
  expect(ends).toEqual([0, 0, "SIGKILL", 0, 0, 0]);
  for (const { pid } of workers.filter((each) => !killed.has(each.pid))) {
    const none = { unfinished: 0, aborted: 0, startedAfterRejection: 0, afterClosed: 0 };
    expect({ pid, ...violations(marks.filter((mark) => mark.pid === pid)) }).toEqual({ pid, ...none });
  }
  expect(watcher.finished).toHaveLength(done.length + rejected.length + unanswered.length);
  expect(new Set(done.map(({ task }) => task)).size).toBe(TASKS);
  expect(done).toHaveLength(TASKS);
  expect(done.filter((attempt) => !ended.has(keyOf(attempt)))).toEqual([]);
  expect(rejected.filter((attempt) => started.has(keyOf(attempt)))).toEqual([]);
  expect(unanswered.map(keyOf).filter((key) => started.has(key) && !inKilled.has(key))).toEqual([]);
  expect([...ended].filter((key) => !answeredDone.has(key) && !inKilled.has(key))).toEqual([]);
}, 90_000);

test("a handler that outlasts the grace period is aborted at its end and retried; new deliveries are rejected", async () => {
  await using emulator = await createEmulator({ queues: { default: QUEUE } });
  const watcher = watchAttempts(emulator);
  const [old, next] = [await startWorker(500), await startWorker(500)];
  const port = await old.listen(0);
  const url = `http://127.0.0.1:${port}/`;
  await using client = new CloudTaskClient({ url, emulatorHost: emulator.host, secret: "s3cret-key" });
  const [work, outlast] = [client.task("work", (_: number) => undefined), client.task("outlast", () => undefined)];
  const marksOf = async (event: Mark["event"]) => (await readMarks(marksFile)).filter((mark) => mark.event === event);
  await outlast().push();
  await expect.poll(() => marksOf("start"), { interval: 5 }).toHaveLength(1);
  const ending = old.end("SIGTERM");
  await expect.poll(() => marksOf("term"), { interval: 5 }).toHaveLength(1);
  const { id } = await work(0).push();
  expect(await ending).toBe(0);
  await next.listen(port);
  const all = watcher.done(2);
  await emulator.advance("5s");
  await all;

  const [[term], [abort]] = [await marksOf("term"), await marksOf("abort")];
  expect((abort?.at ?? 0) - (term?.at ?? 0)).toBeGreaterThanOrEqual(499);
  const statuses = (ofWork: boolean, ...ignored: readonly (number | undefined)[]) =>
    watcher.finished
      .filter(({ task, status }) => task.endsWith(id) === ofWork && !ignored.includes(status))
      .map(({ status }) => status);
  // Retries may also be rejected by the first worker, or meet no worker at all.
  expect(statuses(false, 503, undefined)).toEqual([504, 200]);
  expect(statuses(true)).toContain(503);
  expect(statuses(true, 503, undefined)).toEqual([200]);
  expect((await marksOf("start")).map(({ pid }) => pid)).toEqual([old.pid, next.pid, next.pid]);
}, 30_000);
