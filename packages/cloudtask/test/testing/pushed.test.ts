import { expect, expectTypeOf, test } from "vitest";
import { LimitError, PayloadInvalidError, type PushOptions } from "../../src/index.ts";
import { type RecordedPush, testClient } from "../../src/testing/testing.ts";
import { failureOf } from "../support/failure.ts";
import { NOON, openShop } from "../support/shop.ts";

const ada = { to: "ada@example.com" };

test("a push is recorded with all values for Cloud Tasks, and nothing runs", async () => {
  const { tasks, sendMail, mailbox } = openShop();
  const { id, name } = await sendMail(ada).push({
    delay: "10m",
    dispatchDeadline: "1m",
    headers: { "X-Tenant": "acme" },
  });
  expect(name).toBe(`projects/local-project/locations/us-central1/queues/default/tasks/${id}`);
  expect(tasks.pushed(sendMail)).toEqual([
    {
      task: "send-mail",
      payload: ada,
      id,
      name,
      queue: "default",
      pushedAt: new Date(NOON),
      scheduleTime: new Date(NOON + 600_000),
      delayMs: 600_000,
      dispatchDeadlineMs: 60_000,
      retry: undefined,
      url: "https://shop.test/tasks/run",
      headers: {
        "Content-Type": "application/json",
        "CloudTask-Name": "send-mail",
        "CloudTask-Deadline": "60s",
        "CloudTask-Headers": "X-Tenant",
        "X-Tenant": "acme",
      },
      deduplicated: false,
    },
  ]);
  expect(mailbox).toEqual([]);
});

test("pushed() returns pushes in order, of one definition or of all", async () => {
  const { tasks, sendMail, tick, chargeCard } = openShop();
  await sendMail(ada).push();
  await chargeCard({ orderId: 1 }).push();
  await sendMail({ to: "bob@example.com" }).push({ queue: "slow" });
  expect(tasks.pushed().map(({ task, queue }) => `${task} in ${queue}`)).toEqual([
    "send-mail in default",
    "charge-card in default",
    "send-mail in slow",
  ]);
  expect(tasks.pushed(sendMail).map(({ payload }) => payload.to)).toEqual(["ada@example.com", "bob@example.com"]);
  expect(tasks.pushed(chargeCard)).toMatchObject([{ payload: { orderId: 1 } }]);
  expect(tasks.pushed(tick)).toEqual([]);
});

test("a recorded push has the types of its definition", async () => {
  const { tasks, sendMail, tick, chargeCard } = openShop();
  expectTypeOf(tasks.pushed(sendMail)).toEqualTypeOf<
    readonly RecordedPush<{ to: string; at?: string | Date }, string>[]
  >();
  expectTypeOf(tasks.pushed(chargeCard)).items.toHaveProperty("payload").toEqualTypeOf<{ orderId: number }>();
  expectTypeOf(tasks.pushed(tick)).items.toHaveProperty("payload").toEqualTypeOf<void>();
  expectTypeOf(tasks.pushed()).items.toHaveProperty("payload").toEqualTypeOf<unknown>();
});

test("the payload is recorded as it is sent", async () => {
  const { tasks, sendMail } = openShop();
  await sendMail({ ...ada, at: new Date("2030-02-01T00:00:00Z") }).push();
  expect(tasks.pushed(sendMail)).toMatchObject([{ payload: { at: "2030-02-01T00:00:00.000Z" } }]);
});

test("with a serializer, the payload is recorded as the serializer restores it", async () => {
  const dates = {
    stringify: (value: unknown) =>
      JSON.stringify(value, (_, each: unknown) => (each instanceof Map ? [...each] : each)),
    parse: (text: string): unknown => new Map(JSON.parse(text) as [string, number][]),
  };
  const { client, tasks } = openShop({ client: { serializer: dates } });
  const count = client.task("count", (_: unknown) => undefined);
  await count(new Map([["a", 1]])).push();
  expect(tasks.pushed(count)).toMatchObject([{ payload: new Map([["a", 1]]) }]);
});

const invalid: readonly (readonly [string, PushOptions, { to: string }, new (...args: never) => Error])[] = [
  ["a payload that does not fit its schema", {}, { to: 1 as never }, PayloadInvalidError],
  ["a payload that is too large", {}, { to: "x".repeat(2_000_000) }, LimitError],
  ["a delay that is too long", { delay: "31d" }, ada, LimitError],
  ["contradictory options", { delay: "1h", at: NOON }, ada, TypeError],
];

test.each(invalid)("%s makes push() reject, and is not recorded", async (_, options, payload, type) => {
  const { tasks, sendMail } = openShop();
  expect(await failureOf(sendMail(payload).push(options))).toBeInstanceOf(type);
  expect(tasks.pushed()).toEqual([]);
});

test("pushed() throws for a definition of another client", () => {
  const { tasks } = openShop();
  const other = openShop().client.task("other", () => undefined);
  expect(() => tasks.pushed(other)).toThrow(/defines no task "other"/);
});

test.each([
  ['in the eager mode "immediate"', { eager: "immediate" }],
  ['in the eager mode "remote"', { eager: "remote" }],
  ["configured with an emulator", { emulatorHost: "127.0.0.1:1" }],
  ["configured with a project and location", { project: "p", location: "l" }],
] as const)("the pushes of a client that is %s are recorded", async (_, client) => {
  const { tasks, sendMail, mailbox } = openShop({ client });
  await sendMail(ada).push();
  expect(tasks.pushed(sendMail)).toHaveLength(1);
  expect(mailbox).toEqual([]);
});

test("task names contain the client's project and location", async () => {
  const { sendMail } = openShop({ client: { project: "p", location: "l", forceToQueue: "staging" } });
  expect((await sendMail(ada).push({ queue: "q" })).name).toMatch(
    /^projects\/p\/locations\/l\/queues\/staging\/tasks\//,
  );
});

test("after close() the client pushes as configured, and the recording can still be read", async () => {
  const { client, tasks, sendMail, mailbox } = openShop({ client: { eager: "immediate" } });
  await sendMail(ada).push();
  tasks.close();
  await sendMail({ to: "bob@example.com" }).push();
  expect(mailbox).toEqual(["bob@example.com"]);
  expect(tasks.pushed()).toHaveLength(1);
  await expect(tasks.drain()).rejects.toThrow("this test client was closed");
  using next = testClient(client);
  await sendMail(ada).push();
  expect([tasks.pushed().length, next.pushed().length]).toEqual([1, 1]);
});

test("a push that the test does not await is not sent after close()", async () => {
  const { tasks, sendMail, mailbox } = openShop({ client: { eager: "immediate" } });
  const pushing = sendMail(ada).push();
  tasks.close();
  await pushing;
  expect(mailbox).toEqual([]);
  expect(tasks.pushed()).toHaveLength(1);
});

test("a client can have only one test client at a time", () => {
  const { client, tasks } = openShop();
  expect(() => testClient(client)).toThrow(/already has a test client/);
  tasks.close();
  expect(() => testClient(client).close()).not.toThrow();
});

test.each([
  ["an unknown option", { clock: 1 }, /unknown option "clock"/],
  ["an invalid time", { now: "soon" }, /testClient\(\): now: expected a Date/],
  ["an invalid listener", { onTimeChange: true }, /onTimeChange must be a function/],
])("%s is rejected", (_, options, message) => {
  const { client, tasks } = openShop();
  tasks.close();
  expect(() => testClient(client, options as never)).toThrow(message);
});

test("a value other than a client is rejected", () => {
  expect(() => testClient({} as never)).toThrow(/expected a CloudTaskClient/);
});
