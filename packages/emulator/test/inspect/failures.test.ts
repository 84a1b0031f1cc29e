import type { ServerResponse } from "node:http";
import { createEmulator, type Emulator, ManualClock } from "@cloudtask/emulator";
import { createAdmin } from "cloudtask/admin";
import { expect, test } from "vitest";
import { call, createTask, queuePath } from "../support/api.ts";
import { dataDir } from "../support/data-dir.ts";
import { failed, groupsOf, httpRequest, tasksOf } from "../support/failures.ts";
import { control, get, type Json } from "../support/inspect.ts";
import { startTarget, type Target } from "../support/target.ts";

const NOON = Date.parse("2030-01-01T12:00:00Z");

/** A target whose task `order-N` fails with a message of its own until it is repaired. */
function startShop(shop: { isBroken: boolean }): Promise<Target> {
  let count = 0;
  return startTarget((response) => {
    count += 1;
    if (shop.isBroken) failed(response, `"charge" (task order-${count}, attempt 1) failed: order ${count} is locked`);
    else response.end();
  });
}

test("300 tasks that fail for one reason are one group, which leads to exactly these tasks", async () => {
  const shop = { isBroken: true };
  await using target = await startShop(shop);
  await using emulator = await createEmulator({
    queues: { default: { retry: { minBackoff: "60s", maxAttempts: 2 } } },
  });
  for (let n = 1; n <= 300; n += 1) await createTask(emulator, { id: `t${n}`, httpRequest: httpRequest(target) });
  await createTask(emulator, { id: "other", httpRequest: httpRequest(target, "refund") });
  await emulator.idle();
  const [group, other, ...rest] = await groupsOf(emulator);
  expect(rest).toEqual([]);
  expect(group).toMatchObject({
    definition: "charge",
    queues: [queuePath(emulator, "default")],
    status: 500,
    answer: "500 order … is locked",
    attempts: 300,
    tasks: 300,
    unresolved: 300,
  });
  expect(group?.message).toMatch(/^order \d+ is locked$/);
  expect(other).toMatchObject({ definition: "refund", answer: "500 order … is locked", tasks: 1 });
  expect((await tasksOf(emulator, group)).length).toBe(300);
  expect(await tasksOf(emulator, other)).toEqual(["other"]);
  const { body } = await get(emulator, `attempts/${group?.lastAttempt}`);
  expect([body.task, body.finishTime]).toEqual([group?.lastTask, group?.lastTime]);

  shop.isBroken = false;
  const filter = { answer: group?.answer, definition: "charge", state: "live,exhausted" };
  await control(emulator, "POST", "jobs", { action: "run", filter });
  const isDone = { definition: "charge", attempts: 300, tasks: 300, unresolved: 0 };
  // The group with unresolved tasks is now the first one.
  await expect
    .poll(() => groupsOf(emulator))
    .toMatchObject([{ definition: "refund", tasks: 1, unresolved: 1 }, isDone]);
  expect(await groupsOf(emulator, "?definition=charge")).toMatchObject([isDone]);
  expect(await tasksOf(emulator, group)).toEqual([]);
});

test("tasks count as unresolved in the group of their last failure, unless they succeeded or were deleted", async () => {
  const clock = new ManualClock(NOON);
  const answers = ["db down", "db down", "db down", "disk full"];
  await using target = await startTarget(
    ...answers.map((text) => (response: ServerResponse) => failed(response, text)),
    200,
  );
  await using emulator = await createEmulator({
    clock,
    queues: { default: { retry: { minBackoff: "60s", maxBackoff: "60s" } } },
  });
  for (const id of ["a", "b", "c"]) {
    await createTask(emulator, { id, httpRequest: httpRequest(target) });
    await emulator.idle();
  }
  expect(await groupsOf(emulator)).toMatchObject([{ answer: "500 db down", attempts: 3, tasks: 3, unresolved: 3 }]);
  await call(emulator, "DELETE", `${queuePath(emulator, "default")}/tasks/b`);
  await call(emulator, "POST", `${queuePath(emulator, "default")}/tasks/a:run`, {});
  await emulator.idle();
  const groups = await groupsOf(emulator);
  expect(groups).toMatchObject([
    { answer: "500 db down", attempts: 3, tasks: 3, unresolved: 1 },
    {
      answer: "500 disk full",
      attempts: 1,
      tasks: 1,
      unresolved: 1,
      lastTask: `${queuePath(emulator, "default")}/tasks/a`,
    },
  ]);
  expect(await Promise.all(groups.map((group) => tasksOf(emulator, group)))).toEqual([["c"], ["a"]]);
  const attempts = await get(emulator, `attempts?${new URLSearchParams({ answer: "500 db down" })}`);
  expect((attempts.body.attempts as readonly Json[]).map(({ task }) => String(task).slice(-1))).toEqual([
    "c",
    "b",
    "a",
  ]);
  await emulator.advance("5m");
  expect(await groupsOf(emulator)).toMatchObject([{ unresolved: 0 }, { unresolved: 0 }]);
});

test("limits of the time select attempts by their end", async () => {
  const clock = new ManualClock(NOON);
  await using target = await startTarget((response) => failed(response, "db down"));
  await using emulator = await createEmulator({
    clock,
    queues: { default: { retry: { maxAttempts: 1 } }, other: null },
  });
  await createTask(emulator, { id: "early", httpRequest: { url: target.url } });
  await emulator.idle();
  await emulator.advance("1h");
  await createTask(emulator, { id: "late", httpRequest: { url: target.url } });
  await createTask(emulator, { id: "late", queue: "other", httpRequest: { url: target.url } });
  await emulator.idle();
  const summary = async (query: string): Promise<unknown[]> =>
    (await groupsOf(emulator, query)).map(({ queues, attempts, firstTime, lastTime }) => [
      (queues as readonly string[]).map((name) => name.slice(name.lastIndexOf("/") + 1)).join(),
      attempts,
      String(firstTime).slice(11, 16),
      String(lastTime).slice(11, 16),
    ]);
  expect(await summary("")).toEqual([
    ["default", 2, "12:00", "13:00"],
    ["other", 1, "13:00", "13:00"],
  ]);
  expect(await summary("?queue=default&from=2030-01-01T12:30:00Z")).toEqual([["default", 1, "13:00", "13:00"]]);
  expect(await summary("?to=2030-01-01T12:30:00Z")).toEqual([["default", 1, "12:00", "12:00"]]);
  expect(await summary("?from=2030-01-01T14:00:00Z")).toEqual([]);
  const { body } = await get(emulator, "failures?limit=1");
  expect(body).toMatchObject({ others: 1, since: "2030-01-01T12:00:00Z" });
});

test.each(["from=soon", "limit=-1"])("the invalid parameter %s is rejected", async (query) => {
  await using emulator = await createEmulator();
  expect((await get(emulator, `failures?${query}`)).status).toBe(400);
});

test("the groups are the same after a restart, and gone after a reset", async () => {
  await using target = await startTarget((response) => failed(response, "no row 7"));
  const options = { dataDir: dataDir(), queues: { default: { retry: { maxAttempts: 1 } } } };
  const first = await createEmulator(options);
  await createTask(first, { id: "a", httpRequest: httpRequest(target) });
  await first.idle();
  const before = await groupsOf(first);
  await first.close();
  await using second = await createEmulator(options);
  expect(await groupsOf(second)).toEqual(before);
  await createTask(second, { id: "b", httpRequest: httpRequest(target) });
  await second.idle();
  expect(await groupsOf(second)).toMatchObject([{ answer: "500 no row …", attempts: 2, unresolved: 2 }]);
  await second.reset();
  expect((await get(second, "failures")).body).toEqual({ groups: [], others: 0 });
});

test("attempts that left the history are not counted", async () => {
  await using target = await startTarget((response) => failed(response, "no row 7"));
  await using emulator = await createEmulator({
    history: { attempts: 5 },
    queues: { default: { retry: { maxAttempts: 1 } } },
  });
  for (let n = 1; n <= 4; n += 1) await createTask(emulator, { id: `t${n}`, httpRequest: httpRequest(target) });
  await emulator.idle();
  expect(await groupsOf(emulator)).toMatchObject([{ attempts: 4 }]);
  for (let n = 5; n <= 8; n += 1) await createTask(emulator, { id: `t${n}`, httpRequest: httpRequest(target) });
  await emulator.idle();
  const [group] = await groupsOf(emulator);
  expect(group).toMatchObject({ attempts: 5, tasks: 5, unresolved: 5 });
  expect((await tasksOf(emulator, group)).length).toBe(5);
});

test("tasks that were pushed again or redriven are no longer unresolved, but their copies can be", async () => {
  let isBroken = true;
  await using target = await startTarget((response) => {
    if (isBroken) failed(response, "db down");
    else response.end();
  });
  await using emulator = await createEmulator({ queues: { default: { retry: { maxAttempts: 1 } } } });
  for (const id of ["a", "b", "c"]) await createTask(emulator, { id, httpRequest: httpRequest(target) });
  await emulator.idle();
  const unresolved = async (): Promise<unknown[]> => {
    const [group] = await groupsOf(emulator);
    return [group?.tasks, group?.unresolved, (await tasksOf(emulator, group)).length];
  };
  expect(await unresolved()).toEqual([3, 3, 3]);
  const pushAll = { action: "push", filter: { state: "exhausted", answer: "500 db down" } };
  expect((await control(emulator, "POST", "jobs", pushAll)).status).toBe(200);
  // The copies have failed too.
  await expect.poll(unresolved).toEqual([6, 3, 3]);
  isBroken = false;
  const [copy] = await listed(emulator);
  expect((await control(emulator, "POST", "push", { from: copy })).status).toBe(200);
  await expect.poll(unresolved).toEqual([6, 2, 2]);
  await control(emulator, "POST", "jobs", pushAll);
  await expect.poll(unresolved).toEqual([6, 0, 0]);
  await emulator.idle();
  expect(target.received).toHaveLength(9);
});

/** The full names of the tasks that failed with `500 db down` and are unresolved. */
async function listed(emulator: Emulator): Promise<unknown[]> {
  const { body } = await get(emulator, `tasks?${new URLSearchParams({ answer: "500 db down" })}`);
  return (body.tasks as readonly Json[]).map(({ name }) => name);
}

type LetterAction = (emulator: Emulator, letter: string) => Promise<unknown>;

const letterActions: readonly (readonly [title: string, act: LetterAction])[] = [
  ["redriven", (emulator, letter) => control(emulator, "POST", "redrive", { tasks: [letter] })],
  [
    "redriven by a job",
    (emulator, letter) => control(emulator, "POST", "jobs", { action: "redrive", tasks: [letter] }),
  ],
  [
    "replaced by an edited copy",
    (emulator, letter) => control(emulator, "POST", "push", { from: letter, delete: true }),
  ],
  [
    "redriven with the API",
    ({ project, location, host }) =>
      createAdmin({ project, location, emulatorHost: host }).deadLetters.redrive("dead", {}),
  ],
  ["deleted", (emulator, letter) => call(emulator, "DELETE", letter)],
];

test.each(letterActions)("a discarded task is no longer unresolved after its dead letter was %s", async (_, act) => {
  await using target = await startTarget((response) =>
    response.writeHead(200, { "CloudTask-Outcome": "discarded" }).end("no such order"),
  );
  await using emulator = await createEmulator({ queues: { default: null, dead: { paused: true } } });
  await createTask(emulator, { id: "t", httpRequest: httpRequest(target) });
  await emulator.idle();
  expect(await groupsOf(emulator)).toMatchObject([
    { discarded: true, answer: "discarded no such order", unresolved: 1 },
  ]);
  const headers = {
    "CloudTask-Name": "charge",
    "CloudTask-Dead-Reason": "non-retriable",
    "CloudTask-Dead-Queue": "default",
    "CloudTask-Dead-Id": "t",
  };
  await createTask(emulator, { queue: "dead", id: "letter", httpRequest: { url: target.url, headers } });
  await call(emulator, "POST", `${queuePath(emulator, "default")}:pause`, {});
  const letter = `${queuePath(emulator, "dead")}/tasks/letter`;
  await act(emulator, letter);
  await expect.poll(async () => (await groupsOf(emulator))[0]).toMatchObject({ tasks: 1, unresolved: 0 });
  const again = { action: "push", tasks: [`${queuePath(emulator, "default")}/tasks/t`], dryRun: true };
  const { body } = await control(emulator, "POST", "jobs", again);
  expect(body.skipped).toMatchObject([{ reason: "its dead letter was redriven, delivered or deleted" }]);
});
