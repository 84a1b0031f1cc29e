import { expect, test } from "vitest";
import "../../src/testing/vitest.ts";
import { openShop } from "../support/shop.ts";

const ada = { to: "ada@example.com" };

/** Returns the message of a failing assertion. */
function messageOf(assert: () => void): string {
  try {
    assert();
  } catch (error) {
    return (error as Error).message;
  }
  return expect.unreachable("it should have failed");
}

/** A shop with two pushed mails, one of them pushed twice. */
async function pushedShop(): Promise<ReturnType<typeof openShop>> {
  const shop = openShop();
  await shop.sendMail({ ...ada, at: new Date("2030-02-01T00:00:00Z") }).push({ name: "ada" });
  await shop.sendMail(ada).push({ name: "ada" });
  await shop.sendMail({ to: "bob@example.com" }).push();
  return shop;
}

const patterns: readonly (readonly [string, unknown, boolean])[] = [
  ["an empty object", {}, true],
  ["a part of the payload", ada, true],
  ["an asymmetric matcher", expect.objectContaining({ to: expect.stringMatching(/^bob/) }), true],
  ["nested asymmetric matchers", { to: expect.stringContaining("ada"), at: expect.any(String) }, true],
  ["the JSON string of a Date", { at: "2030-02-01T00:00:00.000Z" }, true],
  ["the Date itself", { at: new Date("2030-02-01T00:00:00Z") }, true],
  ["another Date", { at: new Date(0) }, false],
  ["another value", { to: "eve@example.com" }, false],
  ["parts of two pushes", { to: "bob@example.com", at: expect.any(String) }, false],
  ["a missing key", { cc: "ada@example.com" }, false],
  ["a missing key, with the value undefined", { to: "bob@example.com", at: undefined }, true],
  ["a list", [], false],
  ["a string", "ada@example.com", false],
  ["null", null, false],
  ["undefined", undefined, false],
];

test.each(patterns)("toHavePushed() compares the payload with %s", async (_, pattern, pass) => {
  const { tasks, sendMail } = await pushedShop();
  expect(() => expect(tasks).toHavePushed(sendMail, pattern as never)).toSatisfy((run) => throws(run) === !pass);
  expect(() => expect(tasks).not.toHavePushed(sendMail, pattern as never)).toSatisfy((run) => throws(run) === pass);
});

function throws(run: () => void): boolean {
  try {
    run();
    return false;
  } catch {
    return true;
  }
}

test.each<[unknown, unknown, boolean]>([
  [{ items: [{ id: 1, n: 2 }, { id: 3 }] }, { items: [{ id: 1 }, { id: expect.any(Number) }] }, true],
  [{ items: [{ id: 1 }] }, { items: [] }, false],
  [{ items: { 0: 1, length: 1 } }, { items: [1] }, false],
  [{ items: [1] }, { items: { length: 1 } }, false],
  [{ items: [1] }, { items: {} }, false],
  [{ items: [1] }, { items: new Array(1) }, false],
  [{ a: 1 }, { constructor: Object }, false],
  [{ a: 1 }, { toString: expect.any(Function) }, false],
  [{ a: null }, { a: {} }, false],
  [{ a: { b: { c: [1, "x", null] } } }, { a: { b: { c: [1, "x", null] } } }, true],
  ["text", "text", true],
  [5, 5, true],
  [undefined, undefined, true],
])("of a payload %j, %j is a part: %s", async (payload, pattern, pass) => {
  const { client, tasks } = openShop();
  const take = client.task("take", (_: unknown) => undefined);
  await take(payload).push();
  expect(throws(() => expect(tasks).toHavePushed(take, pattern))).toBe(!pass);
});

test("toHavePushedTimes() counts only pushes that created a task", async () => {
  const { tasks, sendMail, tick } = await pushedShop();
  expect(tasks).toHavePushed(sendMail);
  expect(tasks).toHavePushedTimes(sendMail, 2);
  expect(tasks).not.toHavePushedTimes(sendMail, 3);
  expect(tasks).toHavePushedTimes(tick, 0);
  expect(tasks).not.toHavePushed(tick);
});

test("a deduplicated push does not satisfy toHavePushed()", async () => {
  const { tasks, sendMail } = await pushedShop();
  await sendMail({ to: "eve@example.com" }).push({ name: "ada" });
  expect(tasks).not.toHavePushed(sendMail, { to: "eve@example.com" });
});

test("a message lists the recorded pushes beside the expectation", async () => {
  const { tasks, sendMail, tick } = await pushedShop();
  const pushed =
    'recorded pushes: 3\n  1. {"to":"ada@example.com","at":"2030-02-01T00:00:00.000Z"}\n' +
    '  2. {"to":"ada@example.com"} (deduplicated: its name was taken)\n  3. {"to":"bob@example.com"}';
  expect(messageOf(() => expect(tasks).toHavePushed(sendMail, { to: expect.stringContaining("eve") }))).toBe(
    `expected a push of "send-mail" with a payload that matches {"to":"StringContaining<eve>"}; ${pushed}`,
  );
  expect(messageOf(() => expect(tasks).not.toHavePushed(sendMail))).toBe(`expected no push of "send-mail"; ${pushed}`);
  expect(messageOf(() => expect(tasks).toHavePushedTimes(sendMail, 1))).toBe(
    `expected "send-mail" to be pushed once; ${pushed}`,
  );
  expect(messageOf(() => expect(tasks).not.toHavePushedTimes(sendMail, 2))).toBe(
    `expected "send-mail" not to be pushed 2 times; ${pushed}`,
  );
  expect(messageOf(() => expect(tasks).toHavePushed(tick))).toBe(
    'expected a push of "tick"; only other tasks were pushed: "send-mail" (3 times)',
  );
});

test("a message lists ten pushes and counts the others", async () => {
  const { tasks, tick } = openShop();
  expect(messageOf(() => expect(tasks).toHavePushed(tick))).toContain(
    'expected a push of "tick"; no push was recorded',
  );
  await Promise.all(Array.from({ length: 12 }, () => tick().push()));
  const message = messageOf(() => expect(tasks).toHavePushedTimes(tick, 1));
  expect(message).toContain("recorded pushes: 12\n  1. without a payload\n");
  expect(message).toMatch(/\n {2}10\. without a payload\n {2}and 2 more$/);
});

test("toHaveSucceeded() and toHaveBeenDiscarded() check the outcome and the reason", async () => {
  const { client, tasks, tick, fail } = openShop();
  const once = client.task("once", {
    retry: { maxAttempts: 1 },
    run: (_: object) => Promise.reject(new Error("boom")),
  });
  const [success, failure, discarded] = [tick(), fail("card declined"), once({ id: 1 })].map((task) =>
    tasks.deliver(task),
  );
  expect(await success).toHaveSucceeded();
  expect(await failure).not.toHaveSucceeded();
  expect(await failure).not.toHaveBeenDiscarded();
  expect(await discarded).toHaveBeenDiscarded();
  expect(await discarded).toHaveBeenDiscarded("max-attempts");
  expect(await discarded).not.toHaveBeenDiscarded("non-retriable");
  const [a, b, c] = await Promise.all([success, failure, discarded]);
  expect(messageOf(() => expect(a).not.toHaveSucceeded())).toBe(
    'expected the delivery not to succeed; attempt 1 of "tick" without a payload was answered 200 (success)',
  );
  expect(messageOf(() => expect(b).toHaveSucceeded())).toMatch(
    /^expected the delivery to succeed; attempt 1 of "fail" "card declined" was answered 500 \(error\): Error: card declined\n {4}at /,
  );
  expect(messageOf(() => expect(c).toHaveBeenDiscarded("non-retriable"))).toMatch(
    /^expected the delivery to be discarded for the reason "non-retriable"; attempt 1 of "once" \{"id":1\} was answered 200 \(discarded, max-attempts\): Error: boom/,
  );
  expect(messageOf(() => expect(c).not.toHaveBeenDiscarded())).toContain("not to be discarded; attempt 1");
});

test("matchers reject values of other types", () => {
  const { tasks, tick } = openShop();
  expect(messageOf(() => expect([]).not.toHavePushed(tick))).toContain("toHavePushed(): expected a test client");
  expect(messageOf(() => expect(tasks).not.toHavePushed("tick" as never))).toContain(
    "expected a task definition, received string",
  );
  expect(messageOf(() => expect(tasks).not.toHavePushedTimes(tick, undefined as never))).toContain(
    "times must be an integer of 0 or more, received undefined",
  );
  expect(messageOf(() => expect(tasks.deliver(tick())).toHaveSucceeded())).toContain(
    "expected a delivery, as in expect(await tasks.deliver(task)).toHaveSucceeded()",
  );
  const other = openShop().client.task("other", () => undefined);
  expect(messageOf(() => expect(tasks).not.toHavePushed(other))).toContain('defines no task "other"');
});

test("the compiler reports a wrong payload at the payload", () => {
  const { client, tasks } = openShop();
  const plain = client.task("plain", (_: { n: number }) => undefined);
  const wrong = () =>
    expect(tasks).toHavePushed(
      plain,
      // @ts-expect-error an unknown property; the definition itself is valid
      { m: 1 },
    );
  expect(wrong).toBeTypeOf("function");
});

test("the matchers use the types of the definition", () => {
  const { tasks, sendMail, tick, chargeCard } = openShop();
  const fine = () => [
    expect(tasks).toHavePushed(tick),
    expect(tasks).toHavePushed(sendMail, { to: expect.any(String) }),
    expect(tasks).not.toHavePushed(chargeCard, { orderId: 1 }),
    expect(tasks).toHavePushedTimes(sendMail, 1),
  ];
  const wrong = () => [
    // @ts-expect-error a property of another type
    expect(tasks).toHavePushed(sendMail, { to: 1 }),
    // @ts-expect-error an unknown property
    expect(tasks).toHavePushed(sendMail, { from: "x" }),
    // @ts-expect-error not a payload
    expect(tasks).toHavePushed(chargeCard, 1),
    // @ts-expect-error not a definition
    expect(tasks).toHavePushed("send-mail"),
    // @ts-expect-error the count is missing
    expect(tasks).toHavePushedTimes(sendMail),
    // @ts-expect-error not a reason
    expect({}).toHaveBeenDiscarded("bored"),
  ];
  expect([fine, wrong]).toHaveLength(2);
});
