import { expect, test } from "vitest";
import { createTask } from "../../src/engine/create-task.ts";
import { addQueue, engineBench, request } from "../support/engine.ts";
import { inspectServer } from "../support/inspect-server.ts";

const MINUTE = 60_000;

/**
 * Reads a path, and returns the answer and the milliseconds of CPU that this process used meanwhile. The time of day would contain
 * the work of other processes.
 */
async function timed(url: string): Promise<{ readonly ms: number; readonly body: Record<string, unknown> }> {
  const before = process.cpuUsage();
  const response = await fetch(url);
  const body = (await response.json()) as Record<string, unknown>;
  expect(response.status).toBe(200);
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1_000, body };
}

const paths = [
  "queues",
  "tasks",
  "tasks?state=due",
  "tasks?state=scheduled",
  "tasks?state=running",
  "tasks?state=retrying",
  "tasks?state=finished",
  "tasks?queue=q&sort=-schedule",
  "tasks?sort=create",
  "schedule",
  "stats",
  "definitions",
  "attempts",
  "dead-letters",
];

test("with a million tasks, every view takes a few milliseconds, and a search takes its time in slices", async () => {
  const bench = engineBench();
  const queue = addQueue(bench);
  const now = bench.clock.now();
  const body = new TextEncoder().encode('{"order":"needle"}');
  for (let index = 0; index < 1_000_000; index += 1) {
    createTask(bench.engine, queue, {
      id: `t${index}`,
      named: false,
      createdAt: now,
      // Not the order of creation, but close to it: a random order takes ten seconds.
      scheduledAt: now + (index ^ 0x3ff) - MINUTE,
      deadlineMs: 600_000,
      retry: undefined,
      request: index === 700_000 ? { ...request, body } : request,
    });
  }
  await using server = await inspectServer({ engine: bench.engine });
  // The first request counts the tasks that have become due, and further ones let V8 compile the code.
  for (let round = 0; round < 30; round += 1) await timed(`${server.url}/inspect/tasks`);
  const slow: [path: string, ms: number][] = [];
  for (const path of paths) {
    const times: number[] = [];
    for (let round = 0; round < 7; round += 1) times.push((await timed(`${server.url}/inspect/${path}`)).ms);
    const best = Math.min(...times);
    if (process.env.SHOW_TIMES) process.stdout.write(`${path} ${best.toFixed(1)} ms\n`);
    if (best > 10) slow.push([path, best]);
  }
  expect(slow).toEqual([]);
  let longest = 0;
  let found: unknown[] = [];
  for (let cursor = "", isDone = false; !isDone; ) {
    const search = timed(`${server.url}/inspect/tasks?text=needle&sort=create${cursor}`);
    // Another request is answered between two slices of the search.
    const other = await timed(`${server.url}/inspect/emulator`);
    const { body: page } = await search;
    longest = Math.max(longest, other.ms);
    found = [...found, ...(page.tasks as unknown[])];
    isDone = page.nextCursor === undefined;
    cursor = `&cursor=${page.nextCursor}`;
  }
  if (process.env.SHOW_TIMES) process.stdout.write(`longest ${longest.toFixed(1)} ms\n`);
  expect(found).toMatchObject([{ id: "t700000" }]);
  expect(longest).toBeLessThan(250);
}, 180_000);
