import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { AttemptFinished } from "../emulator-events.ts";
import { type AttemptResultFacts, kindsOf } from "./attempt-kind.ts";
import { AttemptRing } from "./attempt-ring.ts";
import { SecretNames } from "./masking/secret-names.ts";
import type { PackedExchange } from "./recorded-exchange.ts";
import { attemptFacts } from "./tasks/attempt-facts.ts";

const QUEUE = "projects/p/locations/l/queues/q";

function attemptOf(id: number, task: string, overrides: Partial<AttemptFinished> = {}): AttemptFinished {
  return {
    phase: "finished",
    id,
    task: `${QUEUE}/tasks/${task}`,
    queue: QUEUE,
    attempt: 3,
    forced: false,
    at: 1_900_000_000_004.25,
    sequence: id,
    createdAt: 1_900_000_000_000,
    scheduledAt: 1_900_000_000_001,
    dispatchedAt: 1_900_000_000_002.125,
    durationMs: 2.125,
    outcome: "succeeded",
    status: 200,
    error: undefined,
    retryAt: undefined,
    request: undefined,
    response: undefined,
    ...overrides,
  };
}

function exchangeOf(bodyBytes: number, fill = "b"): PackedExchange {
  const body = { latin1: fill.repeat(bodyBytes), size: bodyBytes };
  return {
    request: { method: "POST", url: "http://h/t", head: "POST /t HTTP/1.1\r\nHost: h\r\n\r\n", ...body },
    response: { status: 200, redirectedTo: undefined, head: "HTTP/1.1 200 OK\r\nX: é", latin1: "", size: 0 },
  };
}

function ringOf(
  limit: number,
  onRemove: (attempt: { readonly sequence: number }) => void = () => undefined,
): AttemptRing {
  return new AttemptRing({ limit, names: new SecretNames(), onRemove });
}

const fields: readonly (readonly [string, Partial<AttemptFinished>])[] = [
  ["no further fields", {}],
  [
    "all further fields",
    { definition: "päy", discarded: true, error: "refused:\n“x”", retryAt: 4.5, hasRetryAfter: true },
  ],
  ["a forced attempt without an answer", { forced: true, outcome: "exhausted", status: undefined, error: "" }],
  ["an ignored result", { outcome: "ignored", status: 503 }],
  ["a retry", { outcome: "retrying", status: 500, retryAt: 0 }],
];

test.each(fields)("an attempt is read as it was added: %s", (_, overrides) => {
  const ring = ringOf(1);
  const attempt = attemptOf(7, "t", overrides);
  ring.push(attempt, { request: undefined, response: undefined }, 1);
  expect(ring.at(0)).toEqual(attempt);
  expect(JSON.stringify(ring.read(7))).toBe(JSON.stringify({ ...ring.at(0) }));
});

test.each(fields)("an attempt is selected by its result without being read: %s", (_, overrides) => {
  const ring = ringOf(2);
  const attempt = attemptOf(7, "t", overrides);
  ring.push(attempt, { request: undefined, response: undefined }, 1);
  ring.pushLine(attempt, JSON.stringify(attempt));
  const isOwn = ({ outcome, discarded = false }: AttemptResultFacts): boolean =>
    outcome === attempt.outcome && discarded === (attempt.discarded ?? false);
  const [own, others] = [kindsOf(isOwn), kindsOf((result) => !isOwn(result))];
  expect([0, 1].map((index) => own.has(ring.kindAt(index)))).toEqual([true, true]);
  expect([0, 1].map((index) => others.has(ring.kindAt(index)))).toEqual([false, false]);
});

test.each(fields)("the facts of an attempt are those of the whole attempt: %s", (_, overrides) => {
  const ring = ringOf(2);
  const attempt = attemptOf(7, "t", overrides);
  ring.push(attempt, { request: undefined, response: undefined }, 1);
  ring.pushLine({ ...attempt, id: 8 }, JSON.stringify({ ...attempt, id: 8 }));
  expect([...ring.facts()]).toEqual([7, 8].map((id) => attemptFacts({ ...attempt, id })));
});

test("the facts are complete even if thousands of queues and definitions have a name of their own", () => {
  const ring = ringOf(3_000);
  const attempts = Array.from({ length: 3_000 }, (_, id) =>
    attemptOf(id, "t", { queue: `${QUEUE}-${id}`, definition: id % 2 === 0 ? undefined : `d${id}`.padEnd(id, "x") }),
  );
  for (const attempt of attempts) ring.push(attempt, { request: undefined, response: undefined }, 1);
  expect([...ring.facts()]).toEqual(attempts.map((attempt) => attemptFacts(attempt)));
  ring.clear();
  ring.push(attemptOf(1, "t"), { request: undefined, response: undefined }, 1);
  expect([...ring.facts()]).toEqual([attemptFacts(attemptOf(1, "t"))]);
});

test("request and response are read as they were added, whatever bytes the body has", () => {
  const ring = ringOf(1);
  const latin1 = String.fromCharCode(...Array(256).keys());
  const exchange = exchangeOf(0);
  const request = { method: "PUT", url: "http://h/ü", head: "PUT / HTTP/1.1\r\nX-A: ÿ", latin1, size: 9_000 };
  const response = {
    status: 201,
    redirectedTo: "http://other/",
    head: "HTTP/1.1 201 Ok\r\nB: c",
    latin1: "ok",
    size: 2,
  };
  ring.push(attemptOf(1, "t"), { ...exchange, request, response }, 1);
  expect(ring.at(0)?.request).toMatchObject({
    method: "PUT",
    url: "http://h/ü",
    headers: [["X-A", "ÿ"]],
    body: Buffer.from(latin1, "latin1").toString("base64"),
    bodySize: 9_000,
  });
  expect(ring.at(0)?.response).toMatchObject({
    status: 201,
    redirectedTo: "http://other/",
    headers: [["B", "c"]],
    body: "ok",
  });
});

test("a ring has the same attempts as a list that drops the oldest", () => {
  const step = fc.record({
    task: fc.constantFrom("a", "b", "c", "d"),
    bodyBytes: fc.oneof(fc.nat(2_000), fc.constant(600_000), fc.constant(2_500_000)),
    removes: fc.nat(2),
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.array(step, { maxLength: 60 }), (limit, steps) => {
      const removed: number[] = [];
      const ring = ringOf(limit, ({ sequence }) => removed.push(sequence));
      let model: { readonly id: number; readonly task: string; readonly size: number }[] = [];
      for (const [index, { task, bodyBytes, removes }] of steps.entries()) {
        const id = 10 * index + 1;
        ring.push(attemptOf(id, task), exchangeOf(bodyBytes), bodyBytes);
        model = [...model, { id, task, size: bodyBytes }].slice(-limit);
        for (let count = 0; count < removes; count += 1) ring.shift();
        model = model.slice(removes);
      }
      expect(removed).toEqual(steps.map((_, index) => 10 * index + 1).slice(0, removed.length));
      expect([ring.size, ring.bytes]).toEqual([model.length, model.reduce((sum, { size }) => sum + size, 0)]);
      expect(model.map((_, index) => ring.at(index)?.id)).toEqual(model.map(({ id }) => id));
      expect(model.map((_, index) => ring.at(index)?.request?.bodySize)).toEqual(model.map(({ size }) => size));
      for (const task of ["a", "b", "c", "d", "e"]) {
        const ids = model.filter((each) => each.task === task).map(({ id }) => id);
        expect(ring.ofTask(`${QUEUE}/tasks/${task}`).map(({ id }) => id)).toEqual(ids);
      }
      for (const { id } of model) expect([ring.read(id)?.id, ring.read(id + 1)]).toEqual([id, undefined]);
    }),
    { numRuns: 30 },
  );
});

test("ten thousand attempts take less than 50 bytes each of the heap that the garbage collector searches", () => {
  const gc = exposedGc();
  const ring = ringOf(10_000);
  const add = (from: number, to: number): void => {
    for (let id = from; id < to; id += 1) ring.push(attemptOf(id, `task-${id}`), exchangeOf(250), 500);
  };
  add(1, 100);
  gc();
  const before = process.memoryUsage().heapUsed;
  add(100, 20_000);
  gc();
  expect(ring.size).toBe(10_000);
  expect((process.memoryUsage().heapUsed - before) / 10_000).toBeLessThan(50);
});

test("the facts of ten thousand attempts are those of the attempts, and take less than 250 bytes each", () => {
  const gc = exposedGc();
  const ring = ringOf(10_000);
  for (let id = 1; id <= 10_000; id += 1) ring.push(attemptOf(id, `task-${id}`), exchangeOf(250), 500);
  gc();
  const before = process.memoryUsage().heapUsed;
  const facts = [...ring.facts()];
  gc();
  expect((process.memoryUsage().heapUsed - before) / 10_000).toBeLessThan(250);
  expect(facts).toEqual(facts.map(({ id }) => attemptFacts(ring.read(id) as AttemptFinished)));
});

function exposedGc(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}
