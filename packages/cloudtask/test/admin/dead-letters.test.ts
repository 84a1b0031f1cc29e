import type { DeadLetter, DeadLetterMatch } from "cloudtask/admin";
import { expect, expectTypeOf, test } from "vitest";
import { collect } from "../support/collect.ts";
import { deadLetterBench, orders, threeLetters } from "../support/dead-letter-bench.ts";

test("the letters of a queue are listed with their reasons and payloads", async () => {
  const bench = await deadLetterBench();
  await threeLetters(bench);
  const letters = await bench.letters();
  expect(orders(letters)).toEqual(['charge {"orderId":7}', 'send {"to":"a"}', 'send {"to":"b"}']);
  const letter = letters.find(({ task }) => task === "charge") ?? expect.unreachable();
  expect(letter).toEqual({
    name: `projects/${bench.emulator.project}/locations/${bench.emulator.location}/queues/emails-dead/tasks/${letter.id}`,
    id: expect.stringMatching(/^[0-9a-f]{32}-dead-charge$/),
    queue: "emails-dead",
    task: "charge",
    reason: "max-attempts",
    message: "card declined",
    attempts: 1,
    firstAt: expect.any(Date),
    lastAt: expect.any(Date),
    homeQueue: "default",
    originalId: expect.stringMatching(/^\d+$/),
    createTime: expect.any(Date),
    payload: { orderId: 7 },
    request: expect.objectContaining({ method: "POST", target: "http" }),
  });
  expect(JSON.stringify(letters)).not.toContain("s3cret-key");
  expectTypeOf(bench.admin.deadLetters.list<{ orderId: number }>("x")).toEqualTypeOf<
    AsyncIterable<DeadLetter<{ orderId: number }>>
  >();
});

test("the first attempt of a retried task is known", async () => {
  const bench = await deadLetterBench();
  const task = bench.client.task("slow", {
    retry: { maxAttempts: 3, minBackoff: "1h", maxBackoff: "1h" },
    run: () => Promise.reject(new Error("no")),
  });
  await task().push();
  await bench.emulator.idle();
  await bench.emulator.advance("1h");
  await bench.emulator.advance("1h");
  const [letter = expect.unreachable()] = await bench.letters();
  expect(letter.attempts).toBe(3);
  const hours = (Number(letter.lastAt) - Number(letter.firstAt)) / 3_600_000;
  expect(hours).toBeGreaterThan(1.99);
  expect(hours).toBeLessThan(2.01);
});

test.each<[string, (letters: readonly DeadLetter[]) => DeadLetterMatch, number]>([
  ["nothing", () => ({}), 3],
  ["a task", () => ({ task: "send" }), 2],
  ["several tasks", () => ({ task: ["send", "charge", "none"] }), 3],
  ["a reason", () => ({ reason: "max-attempts" }), 1],
  ["a reason that no letter has", () => ({ reason: ["unknown-task", "invalid-payload"] }), 0],
  ["a part of the message", () => ({ message: "no such address" }), 2],
  ["a regular expression", () => ({ message: /DECLINED|"b"/gi }), 2],
  ["a home queue", () => ({ homeQueue: "emails" }), 2],
  ["a function", () => ({ task: "send", where: ({ payload }) => JSON.stringify(payload).includes("a") }), 1],
  ["names and ids", ([one, two]) => ({ names: [one?.name ?? "", two?.id ?? "", "gone"] }), 2],
  ["names and a task that none of them has", (letters) => ({ names: letters.map(({ id }) => id), task: "x" }), 0],
])("%s selects letters for list, redrive and delete", async (_, matchOf, expected) => {
  const bench = await deadLetterBench();
  const { state } = await threeLetters(bench);
  const { deadLetters } = bench.admin;
  const all = await bench.letters();
  const match = matchOf(all);
  const listed = await collect(deadLetters.list("emails-dead", { match }));
  expect(listed).toHaveLength(expected);
  state.broken = false;
  expect(await deadLetters.redrive("emails-dead", { match, limit: 1 })).toEqual({
    redriven: Math.min(1, expected),
    failed: [],
  });
  expect(await deadLetters.delete("emails-dead", { match })).toBe(Math.max(0, expected - 1));
  expect(orders(await bench.letters())).toEqual(orders(all.filter(({ id }) => !listed.some((each) => each.id === id))));
});

test("tasks that are not dead letters are left alone", async () => {
  const bench = await deadLetterBench();
  await bench.client
    .task("t", () => undefined)()
    .push({ queue: "emails-dead" });
  expect(await bench.letters()).toEqual([]);
  expect(await bench.admin.deadLetters.redrive("emails-dead")).toEqual({ redriven: 0, failed: [] });
  expect(await bench.admin.deadLetters.delete("emails-dead", { match: {} })).toBe(0);
  expect(await bench.stored("emails-dead")).toHaveLength(1);
});

test.each([
  ["an unknown option", { macth: {} }, 'unknown option "macth"'],
  [
    "an unknown property of match",
    { match: { definition: "t" } },
    'match: unknown option "definition"; did you mean "task"?',
  ],
  [
    "a match that is a string",
    { match: "t" },
    '`match` must be an object such as { task: "charge-card" }, received string',
  ],
  ["names that are no list", { match: { names: "a" } }, "`match.names` must be a list of strings"],
  ["a task that is a number", { match: { task: 1 } }, "`match.task` must be a list of strings"],
  ["a message that is a number", { match: { message: 1 } }, "`match.message` must be a text or a regular expression"],
  ["a rate of 0", { rate: 0 }, "`rate` must be a number of tasks per second above 0, received 0"],
  ["a limit below 1", { limit: 0.5 }, "`limit` must be a positive integer, received 0.5"],
  ["an edit that is no function", { edit: {} }, "edit must be a function, received object"],
  ["another queue that is none", { to: "a b" }, '"a b" is not a queue id'],
])("redrive() with %s is rejected before anything changes", async (_, options, message) => {
  const bench = await deadLetterBench();
  await threeLetters(bench);
  const { deadLetters } = bench.admin;
  await expect(deadLetters.redrive("emails-dead", options as never)).rejects.toThrow(message);
  expect(await bench.letters()).toHaveLength(3);
});

test("delete() requires a match, because it is permanent", async () => {
  const { admin } = await deadLetterBench();
  await expect(admin.deadLetters.delete("emails-dead", {} as never)).rejects.toThrow(
    "admin.deadLetters.delete(): set `match`; { match: {} } deletes all letters",
  );
  expect(() => admin.deadLetters.list("emails-dead", { match: { name: "x" } as never })).toThrow(
    'did you mean "names"?',
  );
});
