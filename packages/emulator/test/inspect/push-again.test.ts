import { createEmulator, type Emulator, ManualClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { createTask, listTasks, queuePath } from "../support/api.ts";
import { dataDir } from "../support/data-dir.ts";
import { control, get, type Json } from "../support/inspect.ts";
import { startTarget, type Target } from "../support/target.ts";

const NOON = Date.parse("2030-01-01T12:00:00Z");

/** Starts a job, and returns it when it has ended. */
async function runJob(emulator: Emulator, body: Json): Promise<Json> {
  const { status, body: job } = await control(emulator, "POST", "jobs", body);
  expect([status, job.error]).toEqual([200, undefined]);
  await expect.poll(async () => (await control(emulator, "GET", `jobs/${job.id}`)).body.state).not.toBe("running");
  return (await control(emulator, "GET", `jobs/${job.id}`)).body;
}

function nameOf(emulator: Emulator, id: string, queue = "default"): string {
  return `${queuePath(emulator, queue)}/tasks/${id}`;
}

function request(url: string, body: string, headers: Json = {}): Json {
  return { url, headers: { "X-CloudTask-Secret": "hunter2", ...headers }, body: Buffer.from(body).toString("base64") };
}

/** Runs 250 tasks, which end after one attempt. */
async function runMany(emulator: Emulator, target: Target): Promise<void> {
  for (let n = 1; n <= 250; n += 1) {
    await createTask(emulator, { id: `t${n}`, httpRequest: request(target.url, `{"n":${n},"password":"p${n}"}`) });
  }
  await emulator.idle();
}

test("all finished tasks of a filter are pushed again once, with their secrets", async () => {
  let status = 500;
  await using target = await startTarget((response) => response.writeHead(status).end());
  await using emulator = await createEmulator({ queues: { default: { retry: { maxAttempts: 1 } } } });
  await runMany(emulator, target);
  status = 200;
  await createTask(emulator, { id: "good", httpRequest: request(target.url, "{}") });
  await createTask(emulator, { id: "later", delaySeconds: 60, now: Date.now() });
  await emulator.idle();
  const sent = target.received.slice(0, 250).map(({ body }) => body);
  const job = await runJob(emulator, { action: "push", filter: { queue: "default", state: "exhausted" } });
  expect(job).toMatchObject({ state: "finished", examined: 250, total: 250, done: 250, missing: 0, failed: 0 });
  expect(job.skipped).toEqual([]);
  await emulator.idle();
  const again = target.received.slice(251);
  expect(again.map(({ body }) => body).sort()).toEqual(sent.sort());
  expect(new Set(again.map(({ headers }) => headers["x-cloudtask-secret"]))).toEqual(new Set(["hunter2"]));
  const { counts } = (await get(emulator, "tasks?limit=1")).body as { counts: Json };
  expect(counts.states).toMatchObject({ exhausted: 250, succeeded: 251, scheduled: 1 });
});

test("a push of all finished tasks leaves out its own copies and tasks that finish meanwhile", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator();
  await runMany(emulator, target);
  const job = await runJob(emulator, { action: "push", filter: {} });
  expect(job).toMatchObject({ total: 250, done: 250 });
  await emulator.idle();
  expect(target.received).toHaveLength(500);
});

test("tasks that cannot be copied exactly are skipped and counted by reason, and nothing else is pushed", async () => {
  await using target = await startTarget(200);
  const options = { clock: new ManualClock(NOON), history: { bodyBytes: 100 }, dataDir: dataDir() };
  const first = await createEmulator(options);
  await createTask(first, { id: "secret", httpRequest: request(target.url, "{}") });
  await createTask(first, { id: "plain", httpRequest: { url: target.url } });
  await createTask(first, { id: "long", httpRequest: { url: target.url, body: btoa("x".repeat(101)) } });
  await createTask(first, { id: "whole", httpRequest: { url: target.url, body: btoa("x".repeat(100)) } });
  await createTask(first, { id: "password", httpRequest: { url: target.url, body: btoa('{"password":"p"}') } });
  await first.idle();
  const isCut = async (id: string): Promise<unknown> => {
    const { task } = (await get(first, `tasks/${nameOf(first, id)}`)).body as { task: { request: Json } };
    return task.request.isBodyCut;
  };
  expect([await isCut("long"), await isCut("whole"), await isCut("password")]).toEqual([true, undefined, undefined]);
  await first.close();
  await using emulator = await createEmulator(options);
  await createTask(emulator, { id: "live", delaySeconds: 60, now: NOON });
  const ids = ["secret", "plain", "long", "whole", "password", "live", "unknown"];
  const body = { action: "push", tasks: ids.map((id) => nameOf(emulator, id)) };
  const dryRun = (await control(emulator, "POST", "jobs", { ...body, dryRun: true })).body;
  expect((await control(emulator, "GET", "jobs")).body).toEqual({ jobs: [] });
  const job = await runJob(emulator, body);
  expect(dryRun).toEqual({ ...job, id: "" });
  expect(job).toMatchObject({ state: "finished", examined: 7, done: 2, missing: 1, failed: 0 });
  expect(job.skipped).toEqual([
    {
      reason: "headers: X-CloudTask-Secret: the history keeps *** instead of a secret",
      count: 1,
      task: nameOf(emulator, "secret"),
    },
    { reason: "body: the history has only its beginning", count: 1, task: nameOf(emulator, "long") },
    { reason: "body: the history keeps *** instead of a secret", count: 1, task: nameOf(emulator, "password") },
    { reason: "the task is not finished", count: 1, task: nameOf(emulator, "live") },
  ]);
  await emulator.idle();
  expect(
    target.received
      .slice(5)
      .map(({ body }) => body)
      .sort(),
  ).toEqual(["", "x".repeat(100)]);
});

test("a dry run counts the tasks of a filter that a push would create and skip, and creates none", async () => {
  await using target = await startTarget(200);
  const limits = { history: { bodyBytes: 100 }, queues: { default: { retry: { maxAttempts: 1 } } } };
  await using emulator = await createEmulator({ ...limits, clock: new ManualClock(NOON) });
  for (const [id, size] of [
    ["a", 10],
    ["b", 10],
    ["c", 101],
  ] as const) {
    await createTask(emulator, { id, httpRequest: request(target.url, "x".repeat(size)) });
  }
  await emulator.idle();
  await runJob(emulator, { action: "push", tasks: [nameOf(emulator, "a")] });
  await emulator.idle();
  const dryRun = { action: "push", filter: { state: "succeeded" }, dryRun: true };
  const { status, body } = await control(emulator, "POST", "jobs", dryRun);
  expect([status, body]).toMatchObject([200, { state: "finished", total: 4, done: 2, missing: 0, failed: 0 }]);
  expect(body.skipped).toEqual([
    { reason: "the task was already pushed again", count: 1, task: nameOf(emulator, "a") },
    { reason: "body: the history has only its beginning", count: 1, task: nameOf(emulator, "c") },
  ]);
  expect(target.received).toHaveLength(4);
});

test.each([
  [{ action: "delete", tasks: [], dryRun: true }, "dryRun: only possible for push; received delete"],
  [{ action: "push", tasks: [], dryRun: "yes" }, "dryRun: expected true or false"],
])("the invalid dry run %j is rejected", async (body, message) => {
  await using emulator = await createEmulator();
  const answer = await control(emulator, "POST", "jobs", body);
  expect([answer.status, answer.body.error]).toMatchObject([400, { message }]);
});

test("a replay that failed is repeated once for each task, not for the originals and their copies", async () => {
  let status = 500;
  await using target = await startTarget((response) => response.writeHead(status).end());
  await using emulator = await createEmulator({ queues: { default: { retry: { maxAttempts: 1 } } } });
  for (const id of ["a", "b"]) await createTask(emulator, { id, httpRequest: request(target.url, id) });
  await emulator.idle();
  const body = { action: "push", filter: { state: "exhausted" } };
  expect(await runJob(emulator, body)).toMatchObject({ total: 2, done: 2, skipped: [] });
  await emulator.idle();
  status = 200;
  const reason = "the task was already pushed again";
  expect(await runJob(emulator, body)).toMatchObject({ total: 4, done: 2, skipped: [{ reason, count: 2 }] });
  await emulator.idle();
  expect(
    target.received
      .slice(4)
      .map(({ body: sent }) => sent)
      .sort(),
  ).toEqual(["a", "b"]);
  const tasks = [nameOf(emulator, "a")];
  expect(await runJob(emulator, { action: "push", tasks })).toMatchObject({ done: 0, skipped: [{ reason, count: 1 }] });
});

test("a task whose queue was deleted is a failure of the job, and of a dry run", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ clock: new ManualClock(NOON), queues: ["q"] });
  await createTask(emulator, { queue: "q", id: "t", httpRequest: { url: target.url } });
  await emulator.idle();
  await fetch(`${emulator.url}/v2/${queuePath(emulator, "q")}`, { method: "DELETE" });
  const push = { action: "push", tasks: [nameOf(emulator, "t", "q")] };
  const dryRun = (await control(emulator, "POST", "jobs", { ...push, dryRun: true })).body;
  expect(dryRun).toMatchObject({ done: 0, failed: 1 });
  const job = await runJob(emulator, push);
  expect(job).toMatchObject({ done: 0, failed: 1 });
  expect(job.errors).toEqual([
    { task: nameOf(emulator, "t", "q"), message: expect.stringContaining("Queue does not exist") },
  ]);
});

/** Tasks that are due at noon + 1, 2 and 3 minutes, and one that finished at noon. */
async function startTimes(target: Target, clock: ManualClock): Promise<Emulator> {
  const emulator = await createEmulator({ clock });
  await createTask(emulator, { id: "finished", httpRequest: { url: target.url } });
  await emulator.idle();
  for (const [index, id] of ["a", "b", "c"].entries()) {
    await emulator.advance("1s");
    await createTask(emulator, { id, delaySeconds: 60 * (index + 1), now: NOON, httpRequest: { url: target.url } });
  }
  return emulator;
}

test.each([
  ["by schedule time, with the default order of waiting tasks", { state: "waiting", from: "12:02:00" }, ["a"]],
  ["to a schedule time, which is not included", { sort: "schedule", to: "12:02:00" }, ["b", "c"]],
  ["by the time of creation, with the default order of all tasks", { from: "12:00:02", to: "12:00:03" }, ["a", "c"]],
  ["in a list of finished tasks, which a deletion cannot change", { sort: "-finish" }, ["a", "b", "c"]],
  ["without limits", { sort: "schedule" }, []],
])("a job applies to the tasks that the list shows: %s", async (_, filter, left) => {
  await using target = await startTarget(200);
  await using emulator = await startTimes(target, new ManualClock(NOON));
  const timed = Object.entries(filter).map(([name, value]) => [
    name,
    value.includes(":") ? `2030-01-01T${value}Z` : value,
  ]);
  await runJob(emulator, { action: "delete", filter: Object.fromEntries(timed) });
  expect((await listTasks(emulator)).map(({ name }) => name.split("/").at(-1))).toEqual(left);
});

test("finished tasks of a time are pushed again", async () => {
  await using target = await startTarget(200);
  await using emulator = await startTimes(target, new ManualClock(NOON));
  await emulator.advance("2m");
  expect(target.received).toHaveLength(3);
  const filter = { state: "succeeded", from: "2030-01-01T12:00:30Z" };
  expect(await runJob(emulator, { action: "push", filter })).toMatchObject({ done: 2, total: 2 });
  await emulator.idle();
  expect(target.received).toHaveLength(5);
});
