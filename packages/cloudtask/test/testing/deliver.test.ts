import { expect, expectTypeOf, test, vi } from "vitest";
import { z } from "zod";
import {
  DeadlineExceededError,
  type Delivery,
  NonRetriableError,
  PayloadInvalidError,
  RetryAfterError,
} from "../../src/index.ts";
import type { DeliverOptions, TestDelivery } from "../../src/testing/testing.ts";
import { failureOf } from "../support/failure.ts";
import { NOON, openShop } from "../support/shop.ts";

const ada = { to: "ada@example.com" };

/** A shop with a task that returns its delivery. */
function openInspector(): { readonly deliver: (options?: DeliverOptions) => Promise<Delivery> } {
  const { client, tasks } = openShop();
  const show = client.task("show", (_: undefined, { delivery }) => delivery);
  return {
    deliver: async (options) => {
      const { result } = await tasks.deliver(show(), options);
      return result as Delivery;
    },
  };
}

test("a delivery contains the outcome, the result and the worker's response", async () => {
  const { tasks, sendMail, mailbox } = openShop();
  const delivery = await tasks.deliver(sendMail(ada));
  expectTypeOf(delivery).toEqualTypeOf<TestDelivery<string>>();
  expectTypeOf(delivery.result).toEqualTypeOf<string | undefined>();
  expect(delivery).toMatchObject({
    task: "send-mail",
    payload: ada,
    id: expect.stringMatching(/^\d+$/),
    queue: "default",
    attempt: 1,
    scheduledAt: new Date(NOON),
    outcome: "success",
    result: "smtp to ada@example.com",
    error: undefined,
    reason: undefined,
  });
  expect(delivery.response.status).toBe(200);
  expect(await delivery.response.json()).toEqual({ status: "success", result: "smtp to ada@example.com" });
  expect([mailbox, tasks.pushed()]).toEqual([["ada@example.com"], []]);
});

const gone = new NonRetriableError("gone");
const later = new RetryAfterError("10m");
const boom = new Error("boom");

test.each([
  ["an error of the handler", boom, {}, { outcome: "error", error: boom, reason: undefined }, 500, null],
  ["a NonRetriableError", gone, {}, { outcome: "discarded", error: gone, reason: "non-retriable" }, 200, null],
  ["a RetryAfterError", later, {}, { outcome: "error", error: later }, 500, "600"],
  ["the last attempt", boom, { attempt: 3 }, { outcome: "discarded", error: boom, reason: "max-attempts" }, 200, null],
  [
    "the last attempt after a 4xx",
    boom,
    { attempt: 3, previousResponse: 429 },
    { outcome: "error", attempt: 3 },
    500,
    null,
  ],
] as const)(
  "%s leads to the documented outcome and response",
  async (_, error, options, expected, status, retryAfter) => {
    const { client, tasks } = openShop();
    const breaks = client.task("breaks", { retry: { maxAttempts: 3 }, run: () => Promise.reject(error) });
    const delivery = await tasks.deliver(breaks(), options);
    expect(delivery).toMatchObject({ ...expected, result: undefined });
    expect([delivery.response.status, delivery.response.headers.get("Retry-After")]).toEqual([status, retryAfter]);
  },
);

test("a retry after a failed onDiscard does not run the handler again", async () => {
  const { client, tasks } = openShop();
  const run = vi.fn();
  const twice = client.task("twice", { retry: { maxAttempts: 2 }, run });
  const options = { attempt: 3, previousResponse: 507 };
  expect(await tasks.deliver(twice(), options)).toMatchObject({ outcome: "discarded", reason: "max-attempts" });
  expect(run).not.toHaveBeenCalled();
});

test("a definition without a handler is answered 404, until client.handle() adds one", async () => {
  const { client, tasks, chargeCard } = openShop();
  const withoutHandler = await tasks.deliver(chargeCard({ orderId: 1 }));
  expect(withoutHandler).toMatchObject({
    outcome: "unknown-task",
    error: { message: expect.stringContaining("has no handler") },
  });
  expect(withoutHandler.response.status).toBe(404);
  using _ = client.handle(chargeCard, ({ orderId }) => orderId);
  expect(await tasks.deliver(chargeCard({ orderId: 1 }))).toMatchObject({ outcome: "success", result: 1 });
});

test("middleware and hooks run as in the worker", async () => {
  const { client, tasks } = openShop();
  const seen: string[] = [];
  client.use(async (_, next) => `${await next()}!`);
  const greet = client.task("greet", { run: () => "hello", onSuccess: ({ result }) => void seen.push(result) });
  expect((await tasks.deliver(greet())).result).toBe("hello!");
  expect(seen).toEqual(["hello!"]);
});

test("deliveries to a client with a service account and a secret carry the secret but no token", async () => {
  const { client, tasks, sendMail } = openShop({
    client: {
      serviceAccount: "tasks@p.iam.gserviceaccount.com",
      secret: ["new-s3cret", "old-s3cret"],
      emulatorHost: "127.0.0.1:1",
    },
  });
  expect((await tasks.deliver(sendMail(ada))).outcome).toBe("success");
  const show = client.task("show", (_: undefined, { delivery }) => [...delivery.request.headers.keys()]);
  expect((await tasks.deliver(show())).result).not.toContain("x-cloudtask-secret");
});

test("a client without a secret receives deliveries", async () => {
  const { tasks, sendMail } = openShop({ client: { secret: undefined } });
  expect((await tasks.deliver(sendMail(ada))).outcome).toBe("success");
});

test("the options set the attempt, the queue and the headers", async () => {
  const { deliver } = openInspector();
  const scheduledAt = new Date("2030-01-01T08:00:00Z");
  const received = await deliver({
    attempt: 3,
    queue: "slow",
    previousResponse: 503,
    scheduledAt,
    headers: { "X-Own": "1" },
  });
  expect(received).toMatchObject({ attempt: 3, queue: "slow", retryCount: 2, executionCount: 0, scheduledAt });
  expect([received.previousResponse, received.request.headers.get("X-Own")]).toEqual([503, "1"]);
});

test.each<[string, DeliverOptions, Partial<Delivery>]>([
  ["a first attempt", {}, { retryCount: 0, executionCount: 0, previousResponse: undefined }],
  ["a second attempt", { attempt: 2 }, { retryCount: 1, executionCount: 0, previousResponse: 500 }],
  ["an attempt after a 404", { attempt: 2, previousResponse: 404 }, { executionCount: 1, previousResponse: 404 }],
  ["an attempt after no response", { attempt: 2, previousResponse: null }, { previousResponse: undefined }],
  [
    "an attempt with explicit counts",
    { attempt: 5, executionCount: 3 },
    { retryCount: 4, executionCount: 3, previousResponse: 500 },
  ],
])("%s has the headers of Cloud Tasks", async (_, options, expected) => {
  expect(await openInspector().deliver(options)).toMatchObject(expected);
});

test("deliver() with a name uses the same task id as push() with that name", async () => {
  const { tasks, tick } = openShop();
  const { id } = await tick().push({ name: "n" });
  const named = tick();
  named.name = "n";
  expect([(await tasks.deliver(tick(), { name: "n" })).id, (await tasks.deliver(named)).id]).toEqual([id, id]);
});

test("an App Engine task has the headers of App Engine", async () => {
  const { client, tasks } = openShop({ client: { appEngine: { service: "api", relativeUri: "/run?x=1" } } });
  const show = client.task("show", (_: undefined, { delivery }) => [
    delivery.executionCount,
    delivery.retryReason,
    delivery.request,
  ]);
  await show().push();
  expect(tasks.pushed(show)).toMatchObject([{ url: "https://shop.test/run?x=1" }]);
  const [executionCount, retryReason, request] = (await tasks.deliver(show(), { attempt: 3 })).result ?? [];
  expect([executionCount, retryReason]).toEqual([2, "App Error"]);
  expect((request as Request).headers.get("X-AppEngine-QueueName")).toBe("default");
});

test("a RetryAfterError with a time is relative to the test client's clock", async () => {
  const { client, tasks } = openShop();
  const later = client.task("later", () => Promise.reject(new RetryAfterError(new Date(NOON + 600_000))));
  expect((await tasks.deliver(later())).response.headers.get("Retry-After")).toBe("600");
  await tasks.advance("9m");
  expect((await tasks.deliver(later())).response.headers.get("Retry-After")).toBe("60");
});

test("deliver() waits for pushes that the handler does not await", async () => {
  const { client, tasks } = openShop();
  const input = z.string().refine(() => new Promise((resolve) => setImmediate(() => resolve(true))));
  const checked = client.task("checked", { input, run: () => undefined });
  const hasty = client.task("hasty", () => void checked("x").push());
  await tasks.deliver(hasty());
  expect(tasks.pushed(checked)).toHaveLength(1);
});

test("a recorded push can be delivered repeatedly, and counts its failed attempts", async () => {
  const { client, tasks } = openShop();
  const seen: (number | string | null)[] = [];
  const flaky = client.task("flaky", (fails: number, { delivery }) => {
    seen.push(delivery.attempt, delivery.request.headers.get("X-Own"));
    if (delivery.attempt <= fails) throw boom;
    return "done" as const;
  });
  await flaky(1).push({ headers: { "X-Own": "own" } });
  const [push] = tasks.pushed(flaky);
  expect.assert(push);
  const first = await tasks.deliver(push);
  expectTypeOf(first).toEqualTypeOf<TestDelivery<"done">>();
  expect([first.outcome, tasks.waiting().length]).toEqual(["error", 1]);
  expect([(await tasks.deliver(push)).result, tasks.waiting().length]).toEqual(["done", 0]);
  // Cloud Tasks may deliver a finished task again.
  expect((await tasks.deliver(push)).result).toBe("done");
  expect(seen).toEqual([1, "own", 2, "own", 2, "own"]);
});

test("aborting the signal option aborts the delivery", async () => {
  const { client, tasks } = openShop();
  const hangs = client.task("hangs", (_: undefined, { delivery }) => {
    return new Promise<never>((_, reject) =>
      delivery.signal.addEventListener("abort", () => reject(delivery.signal.reason)),
    );
  });
  const caller = new AbortController();
  const delivering = tasks.deliver(hangs(), { signal: caller.signal });
  setTimeout(() => caller.abort(boom));
  const delivery = await delivering;
  expect([delivery.outcome, delivery.response.status]).toEqual(["aborted", 504]);
});

test("a dispatch deadline uses the timers of the runtime, which a test may fake", async () => {
  vi.useFakeTimers();
  const { client, tasks } = openShop();
  const hangs = client.task("hangs", () => new Promise<never>(() => undefined));
  const delivering = tasks.deliver(hangs(), { dispatchDeadline: "15s" });
  await vi.advanceTimersByTimeAsync(15_000);
  expect(await delivering).toMatchObject({ outcome: "aborted", error: expect.any(DeadlineExceededError) });
  vi.useRealTimers();
});

test.each<[string, object, RegExp]>([
  ["an unknown option", { deps: [] }, /did you mean "overrides"/],
  ["an attempt before the first", { attempt: 0 }, /attempt must be a positive integer, received 0/],
  ["a negative count", { executionCount: -1 }, /executionCount must be an integer of 0 or more, received -1/],
  ["an invalid status", { previousResponse: 5 }, /previousResponse must be an HTTP status such as 500, or null/],
  ["an invalid time", { scheduledAt: "soon" }, /scheduledAt: expected a Date/],
  [
    "an override of another value than a dependency",
    { overrides: [[{}, 1]] },
    /expected a dependency created by depends/,
  ],
  ["an invalid queue id", { queue: "a/b" }, /is not a queue id/],
])("%s is rejected", async (_, options, message) => {
  const { tasks, tick } = openShop();
  expect((await failureOf(tasks.deliver(tick(), options))).message).toMatch(message);
});

test("deliver() rejects tasks that could not be pushed", async () => {
  const { tasks, sendMail, tick } = openShop();
  expect(await failureOf(tasks.deliver(sendMail({ to: 1 as never })))).toBeInstanceOf(PayloadInvalidError);
  const foreign = openShop().client.task("foreign", () => undefined);
  expect((await failureOf(tasks.deliver(foreign()))).message).toMatch(/the task "foreign" belongs to another client/);
  await tick().push({ name: "n" });
  await tick().push({ name: "n" });
  expect((await failureOf(tasks.deliver(tasks.pushed()[1] as never))).message).toMatch(/that was not deduplicated/);
});

test("the handler's request has the headers of the task and of Cloud Tasks", async () => {
  const { client, tasks } = openShop({ client: { secret: undefined } });
  const show = client.task("show", (_: undefined, { delivery }) => Object.fromEntries(delivery.request.headers));
  const { id, result } = await tasks.deliver(show(), { attempt: 2, headers: { "X-Own": " a  b\t" } });
  expect(result).toEqual({
    "cloudtask-headers": "X-Own",
    "cloudtask-name": "show",
    "content-type": "application/json",
    "user-agent": "Google-Cloud-Tasks",
    "x-cloudtasks-queuename": "default",
    "x-cloudtasks-tasketa": String(NOON / 1000),
    "x-cloudtasks-taskexecutioncount": "0",
    "x-cloudtasks-taskname": id,
    "x-cloudtasks-taskpreviousresponse": "500",
    "x-cloudtasks-taskretrycount": "1",
    "x-cloudtasks-taskretryreason": "",
    "x-own": "a  b",
  });
});
