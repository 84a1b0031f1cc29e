import { CloudTaskClient, shard } from "cloudtask";
import { createAdmin, type QueuedTask } from "cloudtask/admin";
import { testClient } from "cloudtask/testing";
import superjson from "superjson";
import { expect, expectTypeOf, test } from "vitest";
import { adminBench } from "../support/admin-bench.ts";
import { collect } from "../support/collect.ts";
import { failureOf } from "../support/failure.ts";
import { fillQueue } from "../support/fill-queue.ts";

test("a task is read with everything that Cloud Tasks knows of it", async () => {
  const { client, admin } = await adminBench();
  const greet = client.task("greet", {
    retry: { maxAttempts: 3, minBackoff: "2s" },
    run: async (_: { who: string }) => undefined,
  });
  const pushed = await greet({ who: "ada" }).push({ delay: "1h", headers: { "X-Tenant": "acme" } });
  const task = await admin.tasks.get(pushed, { view: "full" });
  expect(task).toMatchObject({
    name: pushed.name,
    id: pushed.id,
    queue: "default",
    definition: "greet",
    scheduleTime: pushed.scheduleTime,
    dispatchDeadline: 600_000,
    dispatchCount: 0,
    responseCount: 0,
    firstAttempt: undefined,
    lastAttempt: undefined,
    payload: { who: "ada" },
    retry: { minBackoff: 2_000, maxBackoff: 3_600_000, maxDoublings: 16 },
  });
  expect(task.request).toMatchObject({ target: "http", url: "http://127.0.0.1:9/tasks", method: "POST" });
  expect(new TextDecoder().decode(task.request.body)).toBe('{"task":"greet","payload":{"who":"ada"}}');
  expect(task.request.headers).toMatchObject({ "X-Tenant": "acme", "X-CloudTask-Secret": "[secret]" });
  expect(JSON.stringify(task)).not.toContain("s3cret-key");
});

test("without the full view a task has no body and no payload", async () => {
  const { client, admin } = await adminBench();
  const pushed = await client
    .task(
      "greet",
      async (_: string) => undefined,
    )("ada")
    .push();
  const task = await admin.tasks.get(pushed.name);
  expect([task.definition, task.request.body, task.payload]).toEqual(["greet", undefined, undefined]);
});

test("the client's serializer reads the payload", async () => {
  const { emulator } = await adminBench();
  await using client = new CloudTaskClient({
    url: "http://a.test/",
    emulatorHost: emulator.host,
    serializer: superjson,
  });
  const due = new Date("2030-01-01T00:00:00Z");
  const remind = client.task("remind", async (_: { due: Date }) => undefined);
  const pushed = await remind({ due }).push();
  await using admin = createAdmin({ emulatorHost: emulator.host, serializer: superjson });
  const task = await admin.tasks.get<{ due: Date }>(pushed, { view: "full" });
  expectTypeOf(task).toEqualTypeOf<QueuedTask<{ due: Date }>>();
  expect(task.payload).toEqual({ due });
});

test("the first and the last attempt of a task are read", async () => {
  const { emulator, client, admin } = await adminBench({
    emulator: { queues: { default: { retry: { minBackoff: "1h" } } } },
  });
  const pushed = await client
    .task("greet", async () => undefined)()
    .push();
  await emulator.idle();
  const { dispatchCount, firstAttempt, lastAttempt } = await admin.tasks.get(pushed);
  expect(dispatchCount).toBe(1);
  expect(firstAttempt).toMatchObject({ dispatchTime: expect.any(Date), responseTime: undefined, response: undefined });
  expect(lastAttempt).toMatchObject({
    scheduleTime: expect.any(Date),
    dispatchTime: expect.any(Date),
    responseTime: expect.any(Date),
    response: { status: "UNKNOWN", message: "UNKNOWN(2): HTTP status code 0" },
  });
});

test("a task to App Engine is read with its path", async () => {
  const { client, admin } = await adminBench({ client: { appEngine: { service: "api" }, url: "http://a.test/run" } });
  const pushed = await client
    .task("greet", async () => undefined)()
    .push();
  expect((await admin.tasks.get(pushed)).request).toMatchObject({ target: "appEngine", url: "/run", method: "POST" });
});

test("a task of another library is read without a definition and a payload", async () => {
  const { emulator, admin } = await adminBench();
  const url = `${emulator.url}/v2/${emulator.queues[0]}/tasks`;
  const httpRequest = { url: "https://a.test/", body: Buffer.from([0xff, 0x00]).toString("base64") };
  const { name } = (await (
    await fetch(url, { method: "POST", body: JSON.stringify({ task: { httpRequest } }) })
  ).json()) as QueuedTask;
  const task = await admin.tasks.get(name, { view: "full" });
  expect([task.definition, task.payload, task.request.body]).toEqual([undefined, undefined, new Uint8Array([0xff, 0])]);
});

test("a finished task throws NOT_FOUND", async () => {
  const { client, admin } = await adminBench();
  const pushed = await client
    .task("greet", async () => undefined)()
    .push();
  expect(await admin.tasks.delete(pushed)).toBe(true);
  expect(await admin.tasks.delete({ queue: "default", id: pushed.id })).toBe(false);
  expect(await failureOf(admin.tasks.get(pushed))).toMatchObject({ code: "API_ERROR", status: "NOT_FOUND" });
  expect(await failureOf(admin.tasks.run(pushed))).toMatchObject({ code: "API_ERROR", status: "NOT_FOUND" });
});

test("run dispatches a task of a paused queue before its time, once even if the answer is lost", async () => {
  const { emulator, client, admin } = await adminBench();
  const pushed = await client
    .task("greet", async () => undefined)()
    .push({ delay: "1h" });
  expect(await admin.tasks.run(pushed, { view: "full" })).toMatchObject({ id: pushed.id, dispatchCount: 1 });
  await emulator.idle();
  emulator.faults.add({ on: "RunTask", drop: true, after: true });
  expect(await failureOf(admin.tasks.run(pushed))).toMatchObject({ code: "NETWORK_ERROR" });
  await emulator.idle();
  expect(await admin.tasks.get(pushed)).toMatchObject({ dispatchCount: 2 });
});

test("tasks are listed over several pages", async () => {
  const { emulator, admin } = await adminBench();
  const names = await fillQueue(emulator, 1_050, emulator.queues[0] ?? "");
  expect((await collect(admin.tasks.list({ queue: "default" }))).map(({ name }) => name).sort()).toEqual(
    [...names].sort(),
  );
  const payloads = (await collect(admin.tasks.list<number>({ queue: "default", view: "full" }))).map(
    ({ payload }) => payload,
  );
  expect(payloads.sort((a = 0, b = 0) => a - b)).toEqual([...Array(1_050).keys()]);
});

test("tasks are filtered by definition, by a predicate and by number", async () => {
  const { client, admin } = await adminBench();
  const old = client.task("greet-v1", async (_: number) => undefined);
  await client.pushMany([1, 2].map((each) => old(each)));
  const bye = client.task("bye", async (_: number) => undefined);
  await client.pushMany([3, 4, 5].map((each) => bye(each)));
  const count = async (options: object) => (await collect(admin.tasks.list({ queue: "default", ...options }))).length;
  expect(await count({})).toBe(5);
  expect(await count({ definition: bye })).toBe(3);
  expect(await count({ definition: "greet-v1" })).toBe(2);
  expect(await count({ definition: "other" })).toBe(0);
  expect(await count({ definition: bye, limit: 2 })).toBe(2);
  expect(await count({ limit: 4 })).toBe(4);
  expect(await count({ view: "full", filter: ({ payload }: QueuedTask) => Number(payload) > 3 })).toBe(2);
});

test("tasks listed by definition include those pushed under its aliases", async () => {
  const { emulator, client, admin } = await adminBench();
  await client
    .task("old", async () => undefined)()
    .push();
  const renamed = new CloudTaskClient({ url: "http://a.test/", emulatorHost: emulator.host });
  const definition = renamed.task("new", { aliases: ["old"], run: async () => undefined });
  expect(await collect(createAdmin(renamed).tasks.list({ queue: "default", definition }))).toHaveLength(1);
  expect(await collect(admin.tasks.list({ queue: "default", definition: "new" }))).toHaveLength(0);
  await renamed.close();
});

test("pages of large tasks are read in smaller parts", async () => {
  const { client, admin } = await adminBench();
  const store = client.task("store", async (_: string) => undefined);
  await client.pushMany(
    Array.from({ length: 21 }, () => store("x".repeat(1_000_000))),
    { concurrency: 4 },
  );
  const tasks = await collect(admin.tasks.list<string>({ queue: "default", view: "full" }));
  expect(tasks.map(({ payload }) => payload?.length)).toEqual(Array(21).fill(1_000_000));
});

test.each([
  [{ queue: "default", limit: 0 }, "`limit` must be a positive integer, received 0"],
  [{ queue: "default", view: "all" }, '`view` must be "basic" or "full", received "all"'],
  [{ queue: "default", definition: 5 }, "`definition` must be a definition or its name, received 5"],
  [{ queue: "default", filter: "a" }, "filter must be a function"],
  [{ queue: "default", state: "late" }, 'unknown option "state"'],
  [{}, "Could not list the tasks: queue: undefined is not a queue id"],
])("list with %j is rejected", async (options, message) => {
  const { admin } = await adminBench();
  await expect(collect(admin.tasks.list(options as never))).rejects.toThrow(message);
});

test("the tasks of all shards are listed together", async () => {
  const queues = { "a-0": { paused: true }, "a-1": { paused: true } };
  const { client, admin } = await adminBench({ emulator: { queues } });
  const queue = shard("a", 2, { by: (payload: number) => payload });
  const send = client.task("send", { queue, run: async (_: number) => undefined });
  await client.pushMany(Array.from({ length: 20 }, (_, index) => send(index)));
  const tasks = await collect(admin.tasks.list({ queue, view: "full" }));
  expect(new Set(tasks.map((task) => task.queue))).toEqual(new Set(["a-0", "a-1"]));
  expect(tasks.map(({ payload }) => Number(payload)).sort((a, b) => a - b)).toEqual([...Array(20).keys()]);
  expect(await collect(admin.tasks.list({ queue, limit: 15 }))).toHaveLength(15);
});

test("an admin of a client whose pushes are recorded reports that nothing answers it", async () => {
  const { client, admin } = await adminBench();
  using _ = testClient(client);
  const error = await failureOf(admin.queues.list().next());
  expect(error).toMatchObject({ status: "UNIMPLEMENTED", message: expect.stringContaining("Use createEmulator().") });
});
