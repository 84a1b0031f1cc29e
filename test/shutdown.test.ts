import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AttemptFinished, createEmulator, type Emulator } from "@cloudtask/emulator";
import { CloudTaskClient } from "cloudtask";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Mark, readMarks, startWorkerProcess, type WorkerProcess } from "./support/worker-process.ts";

const TASKS = 1_500;
const QUEUE = {
  name: "default",
  rate: 500,
  burst: 500,
  concurrency: 100,
  minBackoff: "50ms",
  maxBackoff: "200ms",
} as const;

/** How each worker but the last ends, and after how many tasks. */
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

interface Watched {
  readonly finished: readonly AttemptFinished[];
  /** Resolves once so many tasks are done. */
  done(count: number): Promise<void>;
}

function watch(emulator: Emulator): Watched {
  const finished: AttemptFinished[] = [];
  const waiting = new Set<() => void>();
  let count = 0;
  emulator.on("attempt", (event) => {
    if (event.phase !== "finished") return;
    finished.push(event);
    if (event.status === 200) count++;
    for (const check of waiting) check();
  });
  return {
    finished,
    done: (tasks) =>
      new Promise((resolve) => {
        waiting.add(() => count >= tasks && resolve());
        for (const check of waiting) check();
      }),
  };
}

type Key = { readonly task: string; readonly attempt: number };
const keyOf = ({ task, attempt }: Key): string => `${task.split("/").at(-1)} ${attempt}`;

/** Which deliveries did that. */
function deliveries(marks: readonly Mark[], what: Mark["what"]): ReadonlySet<string> {
  return new Set(marks.filter((mark) => mark.what === what).map(keyOf));
}

/** What was begun and not carried through, or begun too late, by a process that was asked to end. */
function wrongs(marks: readonly Mark[]): Readonly<Record<string, number>> {
  const [started, ended] = [deliveries(marks, "start"), deliveries(marks, "end")];
  const refusing = marks.findIndex(({ what }) => what === "refused");
  const late = refusing < 0 ? [] : marks.slice(refusing).filter(({ what }) => what === "start");
  const closed = marks.findIndex(({ what }) => what === "closed");
  return {
    cutOff: [...started].filter((key) => !ended.has(key)).length,
    aborted: deliveries(marks, "abort").size,
    begunAfterRefusing: late.length,
    afterClosed: marks.slice(closed + 1).filter(({ what }) => what !== "refused").length,
  };
}

test("a worker ended again and again under load finishes what it has begun; nothing is lost, and done twice only where it was killed", async () => {
  await using emulator = await createEmulator({ queues: [QUEUE], history: { attempts: 0 } });
  const watched = watch(emulator);
  // Loading takes longer than it takes for all tasks to be done.
  const [first, ...others] = await Promise.all([0, ...ENDS].map(() => startWorker(4_000)));
  let worker = first ?? (await startWorker(4_000));
  const port = await worker.listen(0);
  const url = `http://127.0.0.1:${port}/`;
  await using client = new CloudTaskClient({ url, emulatorHost: emulator.host, secret: "s3cret" });
  const work = client.task("work", (_: number) => undefined);
  // Most are short; some go on for as long as it takes for many others to end.
  const pushing = client.pushMany(
    Array.from({ length: TASKS }, (_, index) => work(index % 50 ? 10 + (index % 30) : 400)),
  );
  const begin = performance.now();
  const ends: (number | string)[] = [];
  const killed = new Set<number>();
  for (const [index, { signal, done }] of ENDS.entries()) {
    await watched.done(done);
    if (signal === "SIGKILL") killed.add(worker.pid);
    ends.push(await worker.end(signal));
    worker = others[index] ?? worker;
    await worker.listen(port);
  }
  await pushing;
  const all = watched.done(TASKS);
  // What was refused waits for its Retry-After.
  await emulator.advance("5s");
  await all;
  ends.push(await worker.end("SIGTERM"));
  const seconds = (performance.now() - begin) / 1000;

  const marks = await readMarks(marksFile);
  const [started, ended] = [deliveries(marks, "start"), deliveries(marks, "end")];
  const inKilled = new Set(marks.filter(({ pid }) => killed.has(pid)).map(keyOf));
  const answered = (status: number | undefined) => watched.finished.filter((attempt) => attempt.status === status);
  const inDone = new Set(answered(200).map(keyOf));
  const [done, refused, unanswered] = [answered(200), answered(503), answered(undefined)];
  process.stdout.write(
    `${TASKS} tasks in ${seconds.toFixed(1)} s, workers ended ${ends.join(", ")}: ${watched.finished.length} attempts, ` +
      `${done.length} done, ${refused.length} refused, ${unanswered.length} unanswered (${unanswered.filter((each) => started.has(keyOf(each))).length} of them begun); ` +
      `${ended.size - done.length} done more than once\n`,
  );
  expect(ends).toEqual([0, 0, "SIGKILL", 0, 0, 0]);
  for (const { pid } of workers.filter((each) => !killed.has(each.pid))) {
    const nothing = { cutOff: 0, aborted: 0, begunAfterRefusing: 0, afterClosed: 0 };
    expect({ pid, ...wrongs(marks.filter((mark) => mark.pid === pid)) }).toEqual({ pid, ...nothing });
  }
  expect(watched.finished).toHaveLength(done.length + refused.length + unanswered.length);
  expect(new Set(done.map(({ task }) => task)).size).toBe(TASKS);
  expect(done).toHaveLength(TASKS);
  expect(done.filter((attempt) => !ended.has(keyOf(attempt)))).toEqual([]);
  expect(refused.filter((attempt) => started.has(keyOf(attempt)))).toEqual([]);
  expect(unanswered.map(keyOf).filter((key) => started.has(key) && !inKilled.has(key))).toEqual([]);
  expect([...ended].filter((key) => !inDone.has(key) && !inKilled.has(key))).toEqual([]);
}, 90_000);

test("a handler that outlasts the grace is aborted then, not before, and its task is delivered again; new ones are refused", async () => {
  await using emulator = await createEmulator({ queues: [QUEUE] });
  const watched = watch(emulator);
  const [old, next] = [await startWorker(500), await startWorker(500)];
  const port = await old.listen(0);
  const url = `http://127.0.0.1:${port}/`;
  await using client = new CloudTaskClient({ url, emulatorHost: emulator.host, secret: "s3cret" });
  const [work, outlast] = [client.task("work", (_: number) => undefined), client.task("outlast", () => undefined)];
  const did = async (what: Mark["what"]) => (await readMarks(marksFile)).filter((mark) => mark.what === what);
  await outlast().push();
  await expect.poll(() => did("start"), { interval: 5 }).toHaveLength(1);
  const ending = old.end("SIGTERM");
  await expect.poll(() => did("term"), { interval: 5 }).toHaveLength(1);
  const { id } = await work(0).push();
  expect(await ending).toBe(0);
  await next.listen(port);
  const all = watched.done(2);
  await emulator.advance("5s");
  await all;

  const [[term], [abort]] = [await did("term"), await did("abort")];
  expect((abort?.at ?? 0) - (term?.at ?? 0)).toBeGreaterThanOrEqual(499);
  const statuses = (ofIt: boolean, ...left: readonly (number | undefined)[]) =>
    watched.finished
      .filter(({ task, status }) => task.endsWith(id) === ofIt && !left.includes(status))
      .map(({ status }) => status);
  // Between the two workers, and with the first one's last, its retries may be refused too.
  expect(statuses(false, 503, undefined)).toEqual([504, 200]);
  expect(statuses(true)).toContain(503);
  expect(statuses(true, 503, undefined)).toEqual([200]);
  expect((await did("start")).map(({ pid }) => pid)).toEqual([old.pid, next.pid, next.pid]);
}, 30_000);
