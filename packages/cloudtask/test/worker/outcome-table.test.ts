import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Middleware, NonRetriableError, RetryAfterError, type WorkerOptions } from "../../src/index.ts";
import { deliveryOf } from "../support/deliveries.ts";
import { broken, CONFIDENTIAL, type OutcomeScene, outcomeScene } from "../support/outcome-scene.ts";

/** How a delivery is answered. */
interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One way for a delivery to end: what happens, how it is answered, and what the hooks are told. */
interface Row {
  readonly task?: string;
  readonly payload?: unknown;
  /** The body, where it is not that of a task and a payload. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly options?: WorkerOptions;
  readonly use?: Middleware;
  /** What was before. */
  readonly given?: (scene: OutcomeScene) => unknown;
  /** What happens while it runs. */
  readonly when?: (scene: OutcomeScene) => unknown;
  readonly answer: Answer;
  readonly told: readonly unknown[];
  /** How many hooks failed. */
  readonly failedHooks?: number;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const SECRET = { "X-CloudTask-Secret": "s3cret" };
const payload = { id: 7 };
const pass = (seconds: number) => () => vi.advanceTimersByTimeAsync(seconds * 1000);
const close = ({ worker }: OutcomeScene): void => void worker.close({ grace: "1s" });
const retried = (times: number, previous: string) => ({
  "X-CloudTasks-TaskRetryCount": String(times),
  "X-CloudTasks-TaskPreviousResponse": previous,
});

const done = (result?: unknown): Answer => ({ status: 200, body: { status: "success", result } });
const failed: Answer = { status: 500, body: { status: "error" } };
const undiscarded: Answer = { status: 507, body: { status: "error" } };
const later: Answer = { ...failed, headers: { "Retry-After": "600" } };
const aborted: Answer = { status: 504, body: { status: "aborted" } };
const dropped = { "CloudTask-Outcome": "discarded" };
const discarded = (reason: string): Answer => ({
  status: 200,
  body: { status: "discarded", reason },
  headers: dropped,
});
const refused = (status: number, kind: string, what: string, headers: Answer["headers"] = {}): Row => ({
  answer: { status, body: { status: kind, message: expect.stringContaining(what) }, headers },
  told: [],
});

const BOOM = "Error: boom … ← TypeError: … socket hang up";
const GONE = "NonRetriableError: gone … ← Error: why … ← TypeError: … socket hang up";
const AGAIN = "RetryAfterError: … ← Error: why … ← TypeError: … socket hang up";
const COMMIT = 'TeardownError: the teardown of the dependency "failingCommit" failed: commit …';
const ROLLBACK = 'TeardownError: the teardown of the dependency "failingRollback" failed: rollback …';
const EXHAUSTED = 'Error: "twice" has used all its attempts (maxAttempts: 2)';
const failing = (what: string) => `${what} ← Error: ${what.split(": ").at(-1)} ← TypeError: … socket hang up`;
const late = (hook: string) =>
  expect.stringMatching(`^${hook}.* DeadlineExceededError: the handler did not finish in time`);
const throwing =
  (error: unknown): Middleware =>
  () =>
    Promise.reject(error);
const forgetful: Middleware = (_, next) => {
  next();
};
const twice: Middleware = async (_, next) => [await next(), await next()];
const rescuing: Middleware = (_, next) => next().catch(() => "rescued");
const after: Middleware = async (_, next) => {
  await next();
  throw broken("boom");
};

const rows: Readonly<Record<string, Row>> = {
  "the handler returns": {
    ...{ task: "returns", payload, answer: done("7") },
    told: ["own onSuccess { id: '7' } → '7'", "onSuccess { id: '7' } → '7'"],
  },
  "it returns nothing": { task: "nothing", answer: done(), told: ["onSuccess → undefined"] },
  "it returns what is no JSON": { task: "bigint", answer: done(), told: ["onSuccess → { big: 5n }"] },
  "onSuccess throws": { task: "throwing-success", answer: done("done"), told: ["onSuccess → 'done'"], failedHooks: 1 },
  "onSuccess never ends": {
    ...{ task: "hanging-hook", when: pass(599), answer: done("done"), failedHooks: 2 },
    told: ["onSuccess → 'done'"],
  },

  "it throws": { task: "throws", answer: failed, told: [`onError ${BOOM}`] },
  "it throws undefined": { task: "throws-nothing", answer: failed, told: ["onError undefined"] },
  "it throws, and onError too": { task: "throwing-error", answer: failed, told: [`onError ${BOOM}`], failedHooks: 1 },
  "it throws a NonRetriableError": {
    ...{ task: "never", payload, answer: discarded("non-retriable") },
    told: [`onDiscard { id: '7' } non-retriable ${GONE}`],
  },
  "it throws one, and onDiscard throws": {
    ...{ task: "throwing-discard", answer: undiscarded, told: [`onDiscard non-retriable ${GONE}`], failedHooks: 1 },
  },
  "it throws a RetryAfterError": { task: "later", answer: later, told: [`onError ${AGAIN}`] },
  "it meets a payload that is refused elsewhere": {
    ...{ task: "pushes", answer: failed, told: [expect.stringMatching("^onError PayloadInvalidError: .*strict")] },
  },
  "its last attempt but one": { task: "twice", payload, answer: failed, told: [`onError { id: '7' } ${BOOM}`] },
  "its last attempt": {
    ...{ task: "twice", payload, headers: retried(1, "500"), answer: discarded("max-attempts") },
    told: [`onError { id: '7' } ${BOOM}`, `onDiscard { id: '7' } max-attempts ${BOOM}`],
  },
  "its last attempt, with a RetryAfterError": {
    ...{ task: "twice-later", headers: retried(1, "500"), answer: discarded("max-attempts") },
    told: ["onError RetryAfterError: later", "onDiscard max-attempts RetryAfterError: later"],
  },
  "it has had its attempts, and the answer was Cloud Tasks' own": {
    ...{ task: "twice", payload, headers: retried(2, "504"), answer: discarded("max-attempts") },
    told: [`onError { id: '7' } ${BOOM}`, `onDiscard { id: '7' } max-attempts ${BOOM}`],
  },
  "it has had its attempts, and onDiscard had thrown": {
    ...{ task: "twice", payload, headers: retried(2, "507"), answer: discarded("max-attempts") },
    told: [`onDiscard { id: '7' } max-attempts ${EXHAUSTED}`],
  },
  "it has had its attempts, and onDiscard throws again": {
    ...{ task: "throwing-discard", headers: retried(1, "507"), answer: undiscarded, failedHooks: 1 },
    told: [expect.stringMatching("^onDiscard max-attempts Error: ")],
  },

  "the schema refuses the payload": {
    ...{ task: "returns", payload: { id: "7" }, answer: discarded("invalid-payload") },
    told: ["own onDiscard", "onDiscard"].map((hook) =>
      expect.stringMatching(`^${hook} unread \\{ id: '7' \\} invalid-payload PayloadInvalidError: `),
    ),
  },
  "nobody has the serializer": {
    ...{ body: { task: "returns", serialized: "7" }, answer: failed },
    told: ["own onError", "onError"].map((hook) => expect.stringMatching(`^${hook} unread '7' CloudTaskError: `)),
  },
  "a dependency cannot be created": {
    ...{ task: "uncreated", answer: failed, told: ["onError Error: connect … ← TypeError: … socket hang up"] },
  },
  "a dependency says that no retry helps": {
    ...{ task: "hopeless", answer: discarded("non-retriable"), told: [`onDiscard non-retriable ${GONE}`] },
  },
  "a commit fails": { task: "uncommitted", answer: failed, told: [`onError ${failing(COMMIT)}`] },
  "a rollback fails after a NonRetriableError": {
    ...{ task: "never-rolled-back", answer: failed, told: [`onError ${failing(ROLLBACK)}`] },
  },
  "a dependency puts the error into other words": {
    ...{ task: "translated", answer: discarded("non-retriable") },
    told: [`onDiscard non-retriable NonRetriableError: gone ← ${BOOM}`],
  },

  "a middleware changes the result": {
    ...{ use: async (_, next) => [await next()], task: "nothing", answer: done([null]) },
    told: ["onSuccess → [ undefined ]"],
  },
  "a middleware skips the handler": { use: () => "cached", task: "throws", answer: done("cached"), told: [] },
  "a middleware rescues it": {
    use: rescuing,
    task: "throws",
    answer: done("rescued"),
    told: ["onSuccess → 'rescued'"],
  },
  "a middleware forgets to wait, and it fails": {
    ...{ use: forgetful, task: "throws", answer: failed, told: [`onError ${BOOM}`] },
  },
  "a middleware forgets to wait, and it does not": {
    ...{ use: forgetful, task: "nothing", answer: done(), told: ["onSuccess → undefined"] },
  },
  "a middleware throws before it": {
    ...{ use: throwing(broken("boom")), task: "twice", payload, answer: failed, told: [`onError { id: '7' } ${BOOM}`] },
  },
  "a middleware throws before a payload that is refused": {
    ...{
      use: throwing(broken("boom")),
      task: "twice",
      payload: "x",
      answer: failed,
      told: [`onError unread 'x' ${BOOM}`],
    },
  },
  "a middleware throws after it": { use: after, task: "nothing", answer: failed, told: [`onError ${BOOM}`] },
  "a middleware says that no retry helps": {
    ...{ use: throwing(new NonRetriableError("no")), task: "nothing", answer: discarded("non-retriable") },
    told: ["onDiscard non-retriable NonRetriableError: no"],
  },
  "a middleware asks for time": {
    ...{ use: throwing(new RetryAfterError("10m", "no")), task: "nothing", answer: later },
    told: ["onError RetryAfterError: no"],
  },
  "a middleware calls next() twice": {
    ...{ use: twice, task: "nothing", answer: failed },
    told: [
      expect.stringMatching(/^onError TypeError: a middleware of client\.use\(\) called next\(\) twice.*"nothing"/),
    ],
  },
  "a middleware never ends": {
    ...{
      use: () => new Promise(() => undefined),
      task: "nothing",
      when: pass(598),
      answer: aborted,
      told: [late("onError")],
    },
  },

  "the deadline passes, and the handler heeds it": {
    ...{ task: "heeds", when: pass(595), answer: aborted, told: [late("onError")] },
  },
  "the deadline passes, and it does not": {
    ...{ task: "hangs", when: pass(598), answer: aborted, told: [late("onError")] },
  },
  "the deadline passes, and the handler asks for time": {
    ...{ task: "heeds-later", when: pass(595), answer: later, told: ["onError RetryAfterError: later"] },
  },
  "it asks for time, and onError takes all that is left": {
    ...{
      task: "later-slowly",
      when: pass(599),
      answer: later,
      told: ["onError RetryAfterError: later"],
      failedHooks: 2,
    },
  },
  "it throws, and onError takes all that is left": {
    ...{ task: "throws-slowly", when: pass(599), answer: failed, told: [`onError ${BOOM}`], failedHooks: 2 },
  },
  "the deadline of the last attempt passes": {
    ...{ task: "hangs-once", when: pass(598), answer: discarded("max-attempts") },
    told: [late("onError"), late("onDiscard max-attempts")],
  },
  "the caller is gone": {
    ...{ task: "heeds", when: ({ caller }) => caller.abort(new Error("gone")), answer: aborted },
    told: ["onError Error: gone"],
  },
  "the worker closes, and it takes too long": {
    ...{ task: "heeds", when: (scene) => [close(scene), pass(1)()][1], answer: aborted },
    told: ["onError Error: the worker is closing"],
  },

  "nobody knows the task": { task: "gone", ...refused(404, "unknown-task", 'no task definition is named "gone"') },
  "nobody knows it, and it is to be dropped": {
    ...{ task: "gone", options: { unknownTask: "discard" }, answer: discarded("unknown-task"), told: [] },
  },
  "there is no secret": { headers: { "X-CloudTask-Secret": null }, ...refused(401, "unauthenticated", "is missing") },
  "the secret is wrong": { headers: { "X-CloudTask-Secret": "x" }, ...refused(403, "forbidden", "does not hold") },
  "the body is no JSON": { body: "{", ...refused(400, "malformed", "not JSON") },
  "the body is too large": {
    body: "x".repeat(9),
    options: { maxBodyBytes: 8 },
    ...refused(413, "too-large", "8 bytes"),
  },
  "the worker is full": {
    ...{ task: "nothing", options: { maxConcurrency: 1 } },
    given: ({ worker }) => void worker.fetch(deliveryOf({ task: "hangs" }, SECRET)),
    ...refused(429, "full", "maxConcurrency", { "Retry-After": "5" }),
  },
  "the worker is closing": {
    ...{ task: "nothing", given: close, ...refused(503, "draining", "closing", { "Retry-After": "5" }) },
  },
};

test.each(Object.entries(rows))("%s", async (_, row) => {
  const scene = outcomeScene(row.use, row.options);
  await row.given?.(scene);
  await vi.advanceTimersByTimeAsync(0);
  const body = row.body ?? { task: row.task, payload: row.payload };
  const sent = deliveryOf(body, { ...SECRET, ...row.headers });
  const answering = scene.worker.fetch(new Request(sent, { signal: scene.caller.signal }));
  await vi.advanceTimersByTimeAsync(0);
  await row.when?.(scene);
  const response = await answering;
  const text = await response.text();
  const { "content-type": type, ...headers } = Object.fromEntries(response.headers);
  expect([response.status, JSON.parse(text), type]).toEqual([row.answer.status, row.answer.body, "application/json"]);
  expect(headers).toEqual(Object.fromEntries(new Headers(row.answer.headers)));
  expect(scene.told).toEqual(row.told);
  expect(scene.logged.filter((line) => line.includes("a hook of"))).toHaveLength(row.failedHooks ?? 0);
  expect(text + JSON.stringify(headers)).not.toContain(CONFIDENTIAL);
});
