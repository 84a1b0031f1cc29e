import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import type { AttemptFinished } from "../../src/emulator-events.ts";
import { SecretNames } from "../../src/history/masking/secret-names.ts";
import { openHistory } from "../../src/history/open-history.ts";
import { createTask } from "../support/api.ts";
import { dataDir } from "../support/data-dir.ts";
import { startTarget } from "../support/target.ts";

const queue = "projects/p/locations/l/queues/q";

/** Opens a history on disk, by default for ten attempts. */
async function open(dir: string, attempts = 10): Promise<Awaited<ReturnType<typeof openHistory>>> {
  return openHistory({ dataDir: dir, history: { attempts, bodyBytes: 100 } }, new SecretNames());
}

type History = Awaited<ReturnType<typeof open>>;

function add(history: History, task: string, error?: string): AttemptFinished {
  const attempt: AttemptFinished = {
    phase: "finished",
    id: history.nextId(),
    task: `${queue}/tasks/${task}`,
    queue,
    attempt: 1,
    forced: false,
    at: 3,
    sequence: 1,
    createdAt: 0,
    scheduledAt: 1,
    dispatchedAt: 2,
    durationMs: 1,
    outcome: "retrying",
    status: 500,
    error,
    retryAt: 4.5,
    request: undefined,
    response: undefined,
  };
  history.add(attempt, { request: undefined, response: undefined });
  return attempt;
}

function addMany(history: History, count: number, task: string): void {
  for (let index = 0; index < count; index += 1) add(history, `${task}${index}`);
}

/** Returns the ids of the tasks, the newest attempt first. */
function tasksOf(history: History): string[] {
  return history.list({}).map(({ task }) => task.slice(`${queue}/tasks/`.length));
}

test("attempts are kept across a restart, masked, and later attempts have greater ids", async () => {
  const dir = dataDir();
  await using target = await startTarget(200);
  const headers = { Authorization: "Bearer abc" };
  const first = await createEmulator({ dataDir: dir });
  await createTask(first, { id: "a", httpRequest: { url: target.url, headers } });
  await first.idle();
  const [before] = first.attempts();
  await first.close();
  await using second = await createEmulator({ dataDir: dir });
  expect(second.attempts()).toEqual([JSON.parse(JSON.stringify(before))]);
  await createTask(second, { id: "b", httpRequest: { url: target.url, headers } });
  await second.idle();
  const ids = second.attempts().map(({ id }) => id);
  expect(ids).toEqual([...ids].sort((a, b) => b - a));
  expect(readFileSync(join(dir, "history.1.jsonl"), "utf8")).toContain("Bearer ***");
  expect(readFileSync(join(dir, "history.1.jsonl"), "utf8")).not.toContain("abc");
});

test("the newest attempts are kept on disk, and at most two files of them", async () => {
  const dir = dataDir();
  for (const round of ["a", "b", "c", "d", "e"]) {
    const history = await open(dir);
    addMany(history, 7, round);
    await history.close();
  }
  const history = await open(dir);
  expect(tasksOf(history).slice(0, 8)).toEqual(["e6", "e5", "e4", "e3", "e2", "e1", "e0", "d6"]);
  await history.close();
  const lines = ["history.1.jsonl", "history.2.jsonl"].flatMap((name) => {
    return readFileSync(join(dir, name), "utf8").split("\n").filter(Boolean);
  });
  expect(lines.length).toBeGreaterThanOrEqual(10);
  expect(lines.length).toBeLessThanOrEqual(34);
});

test("a journal with many long lines is read completely", async () => {
  const dir = dataDir();
  const history = await open(dir, 1_000);
  const errors = Array.from({ length: 700 }, (_, index) => `é,"request":{"${index}`.padEnd(4_000, "é"));
  for (const error of errors) add(history, "t", error);
  await history.close();
  expect(statSync(join(dir, "history.1.jsonl")).size).toBeGreaterThan(3_000_000);
  const next = await open(dir, 1_000);
  expect(
    next
      .list({})
      .map(({ error }) => error)
      .reverse(),
  ).toEqual(errors);
  await next.close();
});

const damages: readonly (readonly [string, (path: string) => void])[] = [
  ["cut off", (path) => truncateSync(path, statSync(path).size - 20)],
  ["followed by half a line", (path) => appendFileSync(path, '{"phase":"finished","id":')],
  ["followed by bytes that are not UTF-8", (path) => appendFileSync(path, Buffer.from([0, 255, 10, 254, 10]))],
  ["followed by JSON that is not an attempt", (path) => appendFileSync(path, '[]\nnull\n{"phase":"finished"}\n7\n')],
  ["without a line break at its end", (path) => truncateSync(path, statSync(path).size - 1)],
];

test.each(damages)("a journal %s loses at most the damaged lines and can be continued", async (_, damage) => {
  const dir = dataDir();
  const history = await open(dir);
  addMany(history, 3, "a");
  await history.close();
  damage(join(dir, "history.1.jsonl"));
  const next = await open(dir);
  expect(tasksOf(next).slice(-2)).toEqual(["a1", "a0"]);
  add(next, "b");
  await next.close();
  const last = await open(dir);
  expect(tasksOf(last)).toEqual(["b", ...tasksOf(next).slice(1)]);
  await last.close();
});

test("clear() removes the attempts on disk too", async () => {
  const dir = dataDir();
  const history = await open(dir);
  addMany(history, 25, "a");
  await history.flushed();
  add(history, "never written");
  history.clear();
  add(history, "b");
  await history.close();
  const next = await open(dir);
  expect(tasksOf(next)).toEqual(["b"]);
  await next.close();
});

test("a history that cannot be written reports the problem and continues in memory", async () => {
  const dir = dataDir();
  const history = await open(dir);
  addMany(history, 10, "a");
  await history.flushed();
  rmSync(join(dir, "history.2.jsonl"), { force: true });
  mkdirSync(join(dir, "history.2.jsonl"));
  add(history, "b");
  await history.flushed();
  expect(history.state()).toMatchObject({ attempts: 10, problem: expect.stringContaining("EISDIR") });
  rmSync(join(dir, "history.2.jsonl"), { recursive: true });
  add(history, "c");
  await history.flushed();
  expect(history.state().problem).toBeUndefined();
  expect(tasksOf(history).slice(0, 3)).toEqual(["c", "b", "a9"]);
  await history.close();
});

test("attempts are written to a new file if theirs was removed", async () => {
  const dir = dataDir();
  const history = await open(dir);
  add(history, "a");
  await history.flushed();
  rmSync(join(dir, "history.1.jsonl"));
  add(history, "b");
  await history.close();
  const next = await open(dir);
  expect(tasksOf(next)).toEqual(["b"]);
  await next.close();
});

test("a history whose directory was removed reports the problem", async () => {
  const dir = dataDir();
  const history = await open(dir);
  add(history, "a");
  await history.flushed();
  rmSync(dir, { recursive: true });
  add(history, "b");
  await history.flushed();
  expect(history.state()).toMatchObject({ attempts: 2, problem: expect.stringContaining("ENOENT") });
  await history.close();
});

test("a directory that cannot be used is rejected", async () => {
  const file = join(dataDir(), "file");
  writeFileSync(file, "");
  await expect(open(join(file, "below"))).rejects.toThrow("ENOTDIR");
});
