import { createEmulator } from "@cloudtask/emulator";
import { expect, onTestFinished, test } from "vitest";
import { CloudTaskClient, NonRetriableError, shard } from "../../src/index.ts";
import { testClient } from "../../src/testing/testing.ts";

const url = "http://worker.test/tasks/run";
const names = Array.from({ length: 16 }, (_, index) => `emails-${index}`);

interface Email {
  readonly customer: string;
  readonly text?: string;
}

test("unnamed tasks are spread over all shards", async () => {
  const client = new CloudTaskClient({ url, queue: shard("emails", 16) });
  using _ = testClient(client);
  const send = client.task("send", (_: number) => undefined);
  const results = await client.pushMany(Array.from({ length: 1_000 }, (_, index) => send(index)));
  const queues = results.map(({ result }) => result.queue);
  expect([...new Set(queues)].toSorted()).toEqual(names.toSorted());
  expect(results.every(({ result }) => result.name.includes(`/queues/${result.queue}/tasks/`))).toBe(true);
});

test("with `by`, unnamed tasks with the same key go to the same shard", async () => {
  const client = new CloudTaskClient({ url });
  using _ = testClient(client);
  const queue = shard("emails", 16, { by: (email: Email) => email.customer });
  const send = client.task("send", { queue, run: (_: Email) => undefined });
  const shardsOf = async (customer: string) => {
    const pushes = await Promise.all(["a", "b", "c"].map((text) => send({ customer, text }).push()));
    return new Set(pushes.map((push) => push.queue));
  };
  const shards = await Promise.all(Array.from({ length: 100 }, (_, index) => shardsOf(`customer-${index}`)));
  expect(shards.every((each) => each.size === 1)).toBe(true);
  expect(new Set(shards.flatMap((each) => [...each])).size).toBe(16);
});

test.each<[naming: string, push: (client: CloudTaskClient, index: number) => Promise<{ readonly queue: string }>]>([
  ["a name", (client, index) => task(client)({ customer: `${Math.random()}` }).push({ name: `n-${index}` })],
  ["dedupe", (client, index) => task(client)({ customer: `c-${index}` }).push({ dedupe: true })],
  ["a dedupe window", (client, index) => task(client)({ customer: `c-${index}` }).push({ dedupe: { window: "1h" } })],
  ["throttle", (client, index) => throttled(client)({ customer: `c-${index}`, text: `${Math.random()}` }).push()],
])("tasks named by %s are deduplicated across shards", async (_, push) => {
  const by = (email: Email) => email.text ?? email.customer;
  const client = new CloudTaskClient({ url, queue: shard("emails", 16, { by }) });
  define(client);
  using tasks = testClient(client, { now: "2030-01-01T00:00:00Z" });
  const results = [];
  for (let index = 0; index < 50; index++) results.push([await push(client, index), await push(client, index)]);
  expect(results.map(([first, second]) => [first?.queue === second?.queue, second])).toEqual(
    results.map(() => [true, expect.objectContaining({ deduplicated: true })]),
  );
  expect(new Set(results.map(([first]) => first?.queue)).size).toBeGreaterThan(8);
  expect(tasks.waiting(task(client)).length + tasks.waiting(throttled(client)).length).toBe(50);
});

const task = (client: CloudTaskClient) => client.get<Email, undefined>("send");
const throttled = (client: CloudTaskClient) => client.get<Email, undefined>("throttled");

function define(client: CloudTaskClient): void {
  client.task("send", (_: Email) => undefined);
  client.task("throttled", {
    run: (_: Email) => undefined,
    throttle: { key: (email: Email) => email.customer, window: "1m" },
  });
}

test("a debounced task replaces its predecessor in the same shard", async () => {
  const client = new CloudTaskClient({ url, queue: shard("emails", 16) });
  const sync = client.task("sync", {
    run: (_: Email) => undefined,
    debounce: { key: (email: Email) => email.customer, window: "1m" },
  });
  using tasks = testClient(client, { now: "2030-01-01T00:00:10Z" });
  const first = await sync({ customer: "c" }).push();
  await tasks.advance("1m");
  const second = await sync({ customer: "c" }).push();
  expect(second.queue).toBe(first.queue);
  expect(second.id).not.toBe(first.id);
  expect(tasks.waiting(sync)).toHaveLength(1);
});

test("in `queues`, `shards` spreads the pushes to a name without shard()", async () => {
  const client = new CloudTaskClient({ url, queues: { emails: { shards: 3 } }, queue: "emails" });
  using _ = testClient(client);
  const send = client.task("send", (_: number) => undefined);
  const pushes = await Promise.all(Array.from({ length: 60 }, (_, index) => send(index).push()));
  expect(new Set(pushes.map(({ queue }) => queue))).toEqual(new Set(["emails-0", "emails-1", "emails-2"]));
});

test("forceToQueue and a push can select shards, and the forced shards win", async () => {
  const client = new CloudTaskClient({ url });
  const forced = new CloudTaskClient({ url, forceToQueue: shard("staging", 2) });
  using _ = testClient(client);
  using __ = testClient(forced);
  const queue = shard("emails", 2);
  expect(
    (
      await client
        .task("t", () => 1)()
        .push({ queue })
    ).queue,
  ).toMatch(/^emails-[01]$/);
  expect(
    (
      await forced
        .task("t", () => 1)()
        .push({ queue })
    ).queue,
  ).toMatch(/^staging-[01]$/);
});

test("the dead letter of a task in a shard is kept in the dead-letter queue that `queues` describes", async () => {
  const client = new CloudTaskClient({
    url,
    queue: "emails",
    deadLetter: "other-dead",
    queues: {
      default: null,
      emails: { shards: 3, deadLetter: "emails-dead" },
      "emails-dead": { paused: true },
      "other-dead": { paused: true },
    },
  });
  using tasks = testClient(client);
  const fail = (): never => {
    throw new NonRetriableError("broken");
  };
  const inShard = client.task("in-shard", fail);
  const inDefault = client.task("in-default", { queue: "default", run: fail });
  const unkept = client.task("unkept", { deadLetter: false, run: fail });
  const pushed = await inShard().push();
  await Promise.all([inDefault().push(), unkept().push()]);
  await tasks.drain({ allowFailures: true });
  expect(tasks.deadLetters(inShard)).toMatchObject([{ queue: "emails-dead", homeQueue: pushed.queue }]);
  expect(tasks.deadLetters(inDefault)).toMatchObject([{ queue: "other-dead" }]);
  expect(tasks.deadLetters(unkept)).toEqual([]);
});

test("sharded pushes reach the numbered queues of an emulator", async () => {
  const queues = { emails: { shards: 4, paused: true } } as const;
  const emulator = await createEmulator({ queues });
  onTestFinished(() => emulator.close());
  await using client = new CloudTaskClient({ url, queues, queue: "emails", emulatorHost: emulator.host });
  const send = client.task("send", (_: number) => undefined);
  const results = await client.pushMany(Array.from({ length: 100 }, (_, index) => send(index)));
  const counts = await Promise.all(
    emulator.queues.map(async (name) => {
      const response = await fetch(`${emulator.url}/v2/${name}/tasks`);
      return ((await response.json()) as { readonly tasks?: readonly unknown[] }).tasks?.length ?? 0;
    }),
  );
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(100);
  expect(counts).toEqual(
    emulator.queues.map((name) => results.filter(({ result }) => result.name.startsWith(`${name}/tasks/`)).length),
  );
  expect(Math.min(...counts)).toBeGreaterThan(5);
});

test.each<[what: string, use: () => unknown, message: string]>([
  ["one shard", () => shard("emails", 1), 'shard("emails"): expected 2 to 1000 shards, received 1'],
  ["a fraction", () => shard("emails", 2.5), "received 2.5"],
  ["text", () => shard("emails", "4" as never), "received 4"],
  ["too many", () => shard("emails", 1_001), "received 1001"],
  ["no name", () => shard("", 4), 'shard(""): "" is not a queue id'],
  ["a name that is too long", () => shard("e".repeat(99), 16), "the last shard: "],
  ["a full name", () => shard("projects/p", 4), "pass only the id"],
  ["an unknown option", () => shard("emails", 4, { key: () => 1 } as never), 'shard("emails"): unknown option "key"'],
  ["a constant key", () => shard("emails", 4, { by: "customer" as never }), "by must be a function, received string"],
])("shard() rejects %s", (_, use, message) => {
  expect(use).toThrow(TypeError);
  expect(use).toThrow(message);
});

test.each([undefined, null, {}, Number.NaN])("a push whose key is %j is rejected", async (key) => {
  const client = new CloudTaskClient({ url, queue: shard("emails", 4, { by: () => key as never }) });
  using _ = testClient(client);
  await expect(
    client
      .task("t", () => 1)()
      .push(),
  ).rejects.toThrow('pushing "t": `by` of shard() must return a string or a number, received');
});
