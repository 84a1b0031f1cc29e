import { createEmulator, type EmulatorQueues } from "@cloudtask/emulator";
import type { QueueAdmin } from "cloudtask/admin";
import { expect, expectTypeOf, onTestFinished, test } from "vitest";
import { z } from "zod";
import { CloudTaskClient, createWorker, type Queues, shard, type Task, type TaskDefinition } from "../../src/index.ts";
import { testClient } from "../../src/testing/testing.ts";
import config from "../support/cloudtask.json" with { type: "json" };

// Functions in these tests that are not called contain code that only the type checker reads.
const url = "http://worker.test/tasks/run";
const queues = {
  default: null,
  emails: { rate: 50, concurrency: 10, retry: { maxAttempts: 5, minBackoff: "5s" }, deadLetter: "emails-dead" },
  reports: { shards: 4 },
  "emails-dead": { paused: true },
} as const satisfies Queues;
const client = new CloudTaskClient({ url, secret: "s3cret-key", queues });

test("the names of the queues are typed wherever a queue is selected", () => {
  const send = client.task("send", { queue: "emails", deadLetter: "emails-dead", run: (_: { id: string }) => 1 });
  expectTypeOf(send).toEqualTypeOf<TaskDefinition<{ id: string }, number, keyof typeof queues>>();
  expectTypeOf(send({ id: "1" })).toEqualTypeOf<Task<number, keyof typeof queues>>();
  const wrong = () => [
    // @ts-expect-error no such queue
    new CloudTaskClient({ url, queues, queue: "emial" }),
    // @ts-expect-error no such queue
    new CloudTaskClient({ url, queues, forceToQueue: "emial" }),
    // @ts-expect-error no such queue
    new CloudTaskClient({ url, queues, deadLetter: "emial" }),
    // @ts-expect-error no such queue
    new CloudTaskClient({ url, queues, queue: shard("emial", 4) }),
    // @ts-expect-error no such queue
    client.task("a", { queue: "emial", run: (_: string) => 1 }),
    // @ts-expect-error no such queue
    client.task("a", { input: z.string(), queue: "emial", run: () => 1 }),
    // @ts-expect-error no such queue
    client.task("a", { queue: shard("emial", 4), run: (_: string) => 1 }),
    // @ts-expect-error no such queue
    client.task("a", { deadLetter: "emial", run: (_: string) => 1 }),
    // @ts-expect-error no such queue
    client.declare<string>("a", { queue: "emial" }),
    // @ts-expect-error no such queue
    send({ id: "1" }).push({ queue: "emial" }),
    // @ts-expect-error no such queue
    client.get("send")(1).push({ queue: "emial" }),
    // @ts-expect-error no such queue
    client.pushMany([send({ id: "1" })], { push: { queue: "emial" } }),
    // @ts-expect-error no such setting
    new CloudTaskClient({ url, queues: { emails: { rat: 5 } } }),
    // @ts-expect-error the key is that of another payload
    client.task("b", { queue: shard("reports", 4, { by: (p: { no: 1 }) => p.no }), run: (_: { id: string }) => 1 }),
  ];
  expect(wrong).toBeTypeOf("function");
});

test("a client can have a serializer and queues, each with its type", () => {
  const serializer = { stringify: JSON.stringify, parse: JSON.parse };
  const both = new CloudTaskClient({ url, serializer, queues: { emails: null } });
  expectTypeOf(both).toEqualTypeOf<CloudTaskClient<typeof serializer, "emails">>();
  // A date is allowed because of the serializer.
  const task = both.task("t", { queue: "emails", run: (_: { due: Date }) => 1 });
  expectTypeOf(task).toEqualTypeOf<TaskDefinition<{ due: Date }, number, "emails">>();
});

test("a message lists at most 20 queues", () => {
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`queue${index}x`, null]));
  expect(() => new CloudTaskClient({ url, queues: many, queue: "emails" })).toThrow(/queue18x, queue19x …$/);
});

test("without `queues` every name is allowed", () => {
  const free = new CloudTaskClient({ url });
  const task = free.task("t", { queue: "anything", run: () => 1 });
  expectTypeOf(task).toEqualTypeOf<TaskDefinition<void, number>>();
  const push = () => task().push({ queue: `q-${Math.random()}` });
  expect(push).toBeTypeOf("function");
});

test("a client with queues is accepted where a client is expected", () => {
  const accept = (_: CloudTaskClient): void => undefined;
  accept(client);
  createWorker(client, { allowUnauthenticated: true });
  const all: readonly Task[] = [client.declare<string>("elsewhere")("x")];
  expect(all).toHaveLength(1);
});

test("the queues of an imported JSON file type the names", async () => {
  const fromFile = new CloudTaskClient({ url, queues: config.queues });
  const task = fromFile.task("t", { queue: "emails", run: () => 1 });
  using tasks = testClient(fromFile);
  expect(await task().push()).toMatchObject({ queue: "emails" });
  // @ts-expect-error no such queue
  await expect(task().push({ queue: "email" })).rejects.toThrow('have no queue "email"; did you mean "emails"?');
  expect(tasks.pushed(task)).toHaveLength(1);
  const emulatorQueues: EmulatorQueues = config.queues;
  const planned: Parameters<QueueAdmin["plan"]>[0] = config.queues;
  expect(emulatorQueues).toBe(planned);
});

test.each<[what: string, use: () => unknown, message: string]>([
  [
    "the client's queue",
    () => new CloudTaskClient({ url, queues, queue: "email" as "emails" }),
    'CloudTaskClient: queue: the client\'s `queues` have no queue "email"; did you mean "emails"?',
  ],
  [
    "forceToQueue",
    () => new CloudTaskClient({ url, queues, forceToQueue: "staging" as "emails" }),
    'forceToQueue: the client\'s `queues` have no queue "staging"; the queues are default, emails, reports, emails-dead',
  ],
  [
    "the client's dead letters",
    () => new CloudTaskClient({ url, queues, deadLetter: "email-dead" as "emails" }),
    'CloudTaskClient: deadLetter: the client\'s `queues` have no queue "email-dead"; did you mean "emails-dead"?',
  ],
  [
    "a dead-letter queue that delivers",
    () => new CloudTaskClient({ url, queues, deadLetter: "emails" }),
    'the client\'s `queues` must describe "emails" with `paused: true`; otherwise its tasks would run again',
  ],
  [
    "a dead-letter queue with shards",
    () => new CloudTaskClient({ url, queues, deadLetter: "reports" }),
    'the queue "reports" must not have `shards`',
  ],
  [
    "a definition's queue",
    () => client.task("x", { queue: "email" as "emails", run: () => 1 }),
    'client.task("x"): queue: the client\'s `queues` have no queue "email"; did you mean "emails"?',
  ],
  [
    "a shard by its own name",
    () => client.task("x", { queue: "reports-1" as "reports", run: () => 1 }),
    'have no queue "reports-1"; did you mean "reports"?',
  ],
  [
    "another number of shards",
    () => client.task("x", { queue: shard("reports", 8), run: () => 1 }),
    'client.task("x"): queue: shard() has 8 shards of "reports", and the client\'s `queues` describe 4. Use the same number.',
  ],
  [
    "shards of a queue without shards",
    () => client.task("x", { queue: shard("emails", 8), run: () => 1 }),
    "describe it without `shards`. Use the same number.",
  ],
  [
    "an invalid setting",
    () => new CloudTaskClient({ url, queues: { emails: { rate: 501 } } }),
    "CloudTaskClient: queues.emails.rate: expected dispatches per second of more than 0 and at most 500",
  ],
  [
    "queues that are no map",
    () => new CloudTaskClient({ url, queues: ["emails"] as never }),
    "CloudTaskClient: queues: expected a map of settings, received a list",
  ],
])("at runtime %s is checked", (_, use, message) => {
  expect(use).toThrow(TypeError);
  expect(use).toThrow(message);
});

test("a push to a queue that is not described is rejected before anything is sent", async () => {
  using tasks = testClient(client);
  const task = client.task("checked", () => 1);
  await expect(task().push({ queue: "email" as "emails" })).rejects.toThrow(
    'pushing "checked": queue: the client\'s `queues` have no queue "email"; did you mean "emails"?',
  );
  await expect(client.pushMany([task()], { push: { queue: "email" as "emails" } })).rejects.toMatchObject({
    failed: 1,
    cause: { message: expect.stringContaining('did you mean "emails"?') },
  });
  expect(tasks.pushed(task)).toEqual([]);
});

test("without a described default queue, a push needs a queue", async () => {
  const without = new CloudTaskClient({ url, queues: { emails: null } });
  using _ = testClient(without);
  const task = without.task("t", () => 1);
  await expect(task().push()).rejects.toThrow(
    'pushing "t": no queue is set, and the client\'s `queues` have no queue "default". Set `queue` on the client, the definition',
  );
  expect(await task().push({ queue: "emails" })).toMatchObject({ queue: "emails" });
});

test("an emulator with the client's queues accepts its pushes, and another one names the queues that it has", async () => {
  const described = { emails: { paused: true } } as const;
  const emulator = await createEmulator({ queues: described });
  const other = await createEmulator();
  onTestFinished(() => Promise.all([emulator.close(), other.close()]).then(() => undefined));
  await using here = new CloudTaskClient({ url, queues: described, queue: "emails", emulatorHost: emulator.host });
  expect(
    await here
      .task("t", () => 1)()
      .push(),
  ).toMatchObject({ queue: "emails" });
  await using there = new CloudTaskClient({ url, queues: described, queue: "emails", emulatorHost: other.host });
  await expect(
    there
      .task("t", () => 1)()
      .push(),
  ).rejects.toThrow(/NOT_FOUND.*queues.*default/s);
});
