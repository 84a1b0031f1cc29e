import { createEmulator, type Emulator, ManualClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { call, createTask, listTasks, queuePath } from "../support/api.ts";
import { Stream } from "../support/event-stream.ts";
import { control, get, type Json } from "../support/inspect.ts";
import { hang, startTarget } from "../support/target.ts";

const NOON = Date.parse("2030-01-01T12:00:00Z");

/** Starts a job, and returns it when it has ended. */
async function runJob(emulator: Emulator, body: Json): Promise<Json> {
  const { status, body: job } = await control(emulator, "POST", "jobs", body);
  expect(status).toBe(200);
  await expect.poll(async () => (await control(emulator, "GET", `jobs/${job.id}`)).body.state).not.toBe("running");
  return (await control(emulator, "GET", `jobs/${job.id}`)).body;
}

async function createMany(emulator: Emulator, count: number, definition: string, queue = "default"): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const httpRequest = { url: "http://127.0.0.1:9/", headers: { "CloudTask-Name": definition } };
    await createTask(emulator, { queue, id: `${definition}${index}`, delaySeconds: 60, now: NOON, httpRequest });
  }
}

test("a job deletes everything that matches a filter, and nothing else", async () => {
  await using emulator = await createEmulator({ clock: new ManualClock(NOON), queues: ["default", "other"] });
  await createMany(emulator, 250, "a");
  await createMany(emulator, 3, "b");
  await createMany(emulator, 2, "a", "other");
  const job = await runJob(emulator, {
    action: "delete",
    filter: { queue: "default", definition: "a", state: "scheduled" },
  });
  expect(job).toMatchObject({
    action: "delete",
    state: "finished",
    examined: 253,
    total: 253,
    done: 250,
    missing: 0,
    failed: 0,
  });
  expect((await listTasks(emulator)).map(({ name }) => name.split("/").at(-1))).toEqual(["b0", "b1", "b2"]);
  expect(await listTasks(emulator, "other")).toHaveLength(2);
});

test("a job over a selection counts tasks that are gone", async () => {
  await using emulator = await createEmulator({ clock: new ManualClock(NOON) });
  await createMany(emulator, 2, "a");
  const name = (id: string): string => `${queuePath(emulator, "default")}/tasks/${id}`;
  const job = await runJob(emulator, { action: "delete", tasks: [name("a0"), name("gone"), name("a0")] });
  expect(job).toMatchObject({ state: "finished", total: 2, done: 1, missing: 1 });
  expect(await listTasks(emulator)).toHaveLength(1);
});

test("a job runs tasks now, as many at once as the queue allows, and can be stopped", async () => {
  await using target = await startTarget(hang);
  await using emulator = await createEmulator({ clock: new ManualClock(NOON), queues: { q: { concurrency: 2 } } });
  for (let index = 0; index < 5; index += 1) {
    await createTask(emulator, { queue: "q", id: `t${index}`, url: target.url, delaySeconds: 3_600, now: NOON });
  }
  await using stream = await Stream.open(emulator, "?types=job");
  const { body: job } = await control(emulator, "POST", "jobs", { action: "run", filter: {} });
  await target.count(2);
  await expect
    .poll(() => stream.named("job").at(-1))
    .toMatchObject({ id: job.id, state: "running", done: 2, total: 5 });
  expect((await control(emulator, "GET", "jobs")).body).toMatchObject({ jobs: [{ id: job.id, done: 2 }] });
  expect((await control(emulator, "DELETE", `jobs/${job.id}`)).body).toMatchObject({ state: "stopped" });
  await expect.poll(() => stream.named("job").at(-1)).toMatchObject({ state: "stopped", done: 2 });
  expect(target.received).toHaveLength(2);
});

const deadHeaders = {
  "CloudTask-Name": "charge",
  "CloudTask-Dead-Reason": "exhausted",
  "CloudTask-Dead-Message": "no such order: %C3%BC",
  "CloudTask-Dead-Attempts": "3",
  "CloudTask-Dead-First": "2030-01-01T11:00:00Z",
  "CloudTask-Dead-Last": "2030-01-01T11:30:00Z",
  "CloudTask-Dead-Queue": "payments",
  "CloudTask-Dead-Id": "original",
};

async function createDead(emulator: Emulator, url: string, id: string, headers: Json = deadHeaders): Promise<string> {
  const body = Buffer.from(`{"id":"${id}","password":"hunter2"}`).toString("base64");
  await createTask(emulator, { queue: "dead", id, httpRequest: { url, headers, body } });
  return `${queuePath(emulator, "dead")}/tasks/${id}`;
}

function startDead(): Promise<Emulator> {
  return createEmulator({ clock: new ManualClock(NOON), queues: { payments: {}, dead: { paused: true } } });
}

test("dead letters are listed with the facts of their headers, and counted", async () => {
  await using emulator = await startDead();
  await createDead(emulator, "http://127.0.0.1:9/", "a");
  await createDead(emulator, "http://127.0.0.1:9/", "b", { ...deadHeaders, "CloudTask-Dead-Reason": "invalid" });
  await createTask(emulator, { queue: "dead", id: "alive" });
  const facts = {
    reason: "exhausted",
    message: "no such order: ü",
    attempts: 3,
    firstTime: "2030-01-01T11:00:00Z",
    lastTime: "2030-01-01T11:30:00Z",
    homeQueue: queuePath(emulator, "payments"),
    originalId: "original",
  };
  const { body } = await get(emulator, "dead-letters");
  expect(body).toMatchObject({
    deadLetters: [
      { id: "b", definition: "charge", deadLetter: { ...facts, reason: "invalid" } },
      { id: "a", deadLetter: facts, request: { preview: '{"id":"a","password":"***"}' } },
    ],
    queues: [{ queue: queuePath(emulator, "dead"), deadLetters: 2 }],
  });
  for (const [query, ids] of [
    ["reason=invalid", ["b"]],
    ["text=such%20order", ["b", "a"]],
    ["text=%22a%22", ["a"]],
    ["queue=payments", []],
    ["limit=1", ["b"]],
  ] as const) {
    const { deadLetters } = (await get(emulator, `dead-letters?${query}`)).body;
    expect([query, (deadLetters as readonly Json[]).map(({ id }) => id)]).toEqual([query, ids]);
  }
  expect((await get(emulator, `queues/${queuePath(emulator, "dead")}`)).body).toMatchObject({
    deadLetters: 2,
    tasks: 3,
  });
  expect((await get(emulator, "tasks?deadLetters=false")).body.tasks).toMatchObject([{ id: "alive" }]);
});

test("a dead letter is created again in its home queue with its secrets, and then deleted", async () => {
  await using target = await startTarget(200);
  await using emulator = await startDead();
  const name = await createDead(emulator, target.url, "a");
  const lost = await createDead(emulator, target.url, "b", { ...deadHeaders, "CloudTask-Dead-Queue": "missing" });
  const { body } = await control(emulator, "POST", "redrive", { tasks: [name, lost, `${name}x`] });
  expect(body.results).toEqual([
    { task: name, name: expect.stringContaining(queuePath(emulator, "payments")) },
    { task: lost, error: expect.stringContaining("was not created in") },
    { task: `${name}x`, error: expect.stringContaining("No task") },
  ]);
  await emulator.idle();
  expect(target.received).toMatchObject([
    { body: '{"id":"a","password":"hunter2"}', headers: { "cloudtask-name": "charge" } },
  ]);
  expect(
    Object.keys(target.received[0]?.headers ?? {}).filter((header) => header.startsWith("cloudtask-dead")),
  ).toEqual([]);
  expect((await listTasks(emulator, "dead")).map(({ name: left }) => left)).toEqual([lost]);
});

test("a job redrives the dead letters that match, and no other task", async () => {
  await using target = await startTarget(200);
  await using emulator = await startDead();
  for (const id of ["a", "b", "c"]) await createDead(emulator, target.url, id);
  await createDead(emulator, target.url, "d", { ...deadHeaders, "CloudTask-Dead-Queue": "missing" });
  await createTask(emulator, { queue: "dead", id: "alive" });
  const job = await runJob(emulator, { action: "redrive", filter: { queue: "dead" } });
  expect(job).toMatchObject({
    state: "finished",
    done: 3,
    failed: 1,
    errors: [{ task: expect.stringMatching(/\/d$/), message: expect.stringContaining("Queue does not exist") }],
  });
  await emulator.idle();
  expect(target.received).toHaveLength(3);
  expect(await listTasks(emulator, "dead")).toHaveLength(2);
});

test("a job ends when the emulator is reset or closed", async () => {
  await using target = await startTarget(hang);
  const emulator = await createEmulator({ clock: new ManualClock(NOON), queues: { q: { concurrency: 1 } } });
  for (const id of ["a", "b"])
    await createTask(emulator, { queue: "q", id, url: target.url, delaySeconds: 60, now: NOON });
  const { body: job } = await control(emulator, "POST", "jobs", { action: "run", filter: {} });
  await target.count(1);
  await call(emulator, "DELETE", queuePath(emulator, "q"));
  await emulator.reset();
  await expect.poll(async () => (await control(emulator, "GET", `jobs/${job.id}`)).body.state).not.toBe("running");
  await emulator.close();
});

const invalid = [
  [{}, "action: expected delete, run, redrive or push"],
  [{ action: "purge", filter: {} }, "action: expected delete, run, redrive or push"],
  [{ action: "delete" }, "tasks, filter: expected exactly one of them"],
  [{ action: "delete", tasks: [], filter: {} }, "tasks, filter: expected exactly one of them"],
  [{ action: "delete", tasks: [1] }, "tasks: expected up to 10000 full names"],
  [{ action: "delete", filter: { name: "x" } }, "filter: name is not a filter"],
  [{ action: "delete", filter: { queue: 1 } }, "filter: queue: expected a string"],
  [{ action: "delete", filter: { from: "today" } }, "from: expected a time such as"],
  [{ action: "delete", filter: { sort: "name" } }, "sort: expected schedule, create or finish"],
  [{ action: "delete", filter: { state: "done" } }, "state: expected one or more of"],
  [{ action: "delete", filter: [], all: true }, "all is not a field"],
] as const;

test.each(invalid)("a job %j is rejected: %s", async (body, message) => {
  await using emulator = await createEmulator();
  await createTask(emulator, { delaySeconds: 60 });
  const answer = await control(emulator, "POST", "jobs", body);
  expect([answer.status, answer.body.error]).toEqual([
    400,
    expect.objectContaining({ message: expect.stringContaining(message) }),
  ]);
  expect(await listTasks(emulator)).toHaveLength(1);
});

test("an unknown job is answered 404", async () => {
  await using emulator = await createEmulator();
  for (const method of ["GET", "DELETE"]) expect((await control(emulator, method, "jobs/7")).status).toBe(404);
});
