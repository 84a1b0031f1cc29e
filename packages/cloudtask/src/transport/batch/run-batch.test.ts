import { expect, test } from "vitest";
import { ApiError } from "../../core/errors/api-error.ts";
import { NetworkError } from "../../core/errors/network-error.ts";
import { TimeoutError } from "../../core/errors/timeout-error.ts";
import { httpStatusOf, type RpcStatus } from "../../core/rpc-status.ts";
import type { ApiCall, Transport } from "../transport.ts";
import { type BatchEnd, runBatch } from "./run-batch.ts";

const QUEUE = "projects/p/locations/l/queues/q";
const PLACE = "projects/p/locations/l";

/** Answers a call, or throws. `id` is the request id of the batch. */
type Step = (call: ApiCall, id: string) => unknown;

const done: Step = (_, id) => operation(id);
const running: Step = (_, id) => ({ name: `${PLACE}/operations/${id}` });
const duplicate: Step = (_, id) =>
  fail(apiError("INVALID_ARGUMENT", `Duplicate operation id in the batch request: ${id}`));
const missing: Step = () => fail(apiError("NOT_FOUND", "Requested entity was not found."));
const reset: Step = () => fail(new NetworkError("reset"));
const timeout: Step = () => fail(new TimeoutError("late", 10));
const unsent: Step = () => fail(new TimeoutError("no connection", 10, { sent: false }));
const garbage: Step = () => ({});
const denied: Step = () => fail(apiError("PERMISSION_DENIED", "no"));
const unreadable: Step = () => fail(apiError("INVALID_ARGUMENT", ""));
const unmapped: Step = () => fail(apiError("UNIMPLEMENTED", "no such method"));
/** Loses the answer to a first request, then sends the call again, as a transport with retries does. */
const resetThen =
  (next: Step): Step =>
  (call, id) => {
    call.onRetry?.(new NetworkError("reset"));
    return next(call, id);
  };

function operation(id: string): object {
  return { name: `${PLACE}/operations/${id}`, done: true, response: { tasks: [{ name: "t" }] } };
}

function apiError(status: RpcStatus, apiMessage: string): ApiError {
  return new ApiError(apiMessage, { status, httpStatus: httpStatusOf(status), apiMessage });
}

function fail(error: unknown): never {
  throw error;
}

/** Runs a batch against these steps; the last one repeats. The time passes only during waits. */
async function run(
  steps: readonly Step[],
  { totalTimeoutMs = 20_000, signal = undefined as AbortSignal | undefined } = {},
) {
  const calls: string[] = [];
  const ids = new Set<string>();
  let ms = 0;
  const transport: Transport = {
    async call(call) {
      const sent = call.body ?? call.path.split("/").at(-1) ?? "";
      ids.add(sent);
      const step = steps[Math.min(calls.push(call.method), steps.length) - 1] ?? done;
      return { body: step(call, sent), attempts: 1 };
    },
    close: async () => undefined,
  };
  const runtime = {
    now: () => ms,
    random: () => 1,
    async sleep(by: number) {
      ms += by;
    },
  };
  const batch = { path: `${QUEUE}/tasks:batchCreate`, body: (id: string) => id, action: "push", signal };
  const end = await runBatch(transport, batch, { totalTimeoutMs, runtime });
  return { end, calls: calls.join(" "), ids: [...ids], ms };
}

const kindOf = (end: BatchEnd): string => (end.kind === "done" ? `done, ${end.operation.tasks.length} task` : end.kind);

test.each<[string, Step[], { end: string; calls: string; options?: object }]>([
  ["an answer", [done], { end: "done, 1 task", calls: "POST" }],
  ["a lost answer and a duplicate", [resetThen(duplicate), done], { end: "done, 1 task", calls: "POST GET" }],
  ["a duplicate although no failure was seen", [duplicate, done], { end: "done, 1 task", calls: "POST GET" }],
  [
    "a duplicate while the first request runs",
    [resetThen(duplicate), missing, running, done],
    { end: "done, 1 task", calls: "POST GET GET GET" },
  ],
  ["a result that cannot be read at first", [duplicate, garbage, done], { end: "done, 1 task", calls: "POST GET GET" }],
  ["an operation that is not done", [running, running, done], { end: "done, 1 task", calls: "POST GET GET" }],
  ["an answer that is no operation", [garbage, duplicate, done], { end: "done, 1 task", calls: "POST POST GET" }],
  ["an error of a custom transport", [() => fail("gone"), done], { end: "done, 1 task", calls: "POST POST" }],
  ["only answers that are no operation", [garbage], { end: "unclear", calls: "POST POST POST POST GET" }],
  ["a rejection", [denied], { end: "rejected", calls: "POST" }],
  ["an unknown method", [unmapped], { end: "rejected", calls: "POST" }],
  ["nothing sent", [unsent], { end: "rejected", calls: "POST" }],
  [
    "a lost answer, then a rejection, and a known operation",
    [resetThen(denied), done],
    { end: "done, 1 task", calls: "POST GET" },
  ],
  [
    "a lost answer, then a rejection, and no operation",
    [resetThen(denied), missing],
    { end: "unclear", calls: "POST GET GET GET GET" },
  ],
  [
    "a lost answer, then an unreadable rejection and an unreadable operation",
    [resetThen(unreadable), garbage, done],
    { end: "done, 1 task", calls: "POST GET GET" },
  ],
  [
    "a lost answer, then a rejection, and an operation that may not be read",
    [resetThen(denied), denied],
    { end: "unclear", calls: "POST GET" },
  ],
  ["a result that may not be read", [resetThen(duplicate), denied], { end: "unclear", calls: "POST GET" }],
  [
    "lost answers without retries",
    [reset, done],
    { end: "done, 1 task", calls: "POST GET", options: { totalTimeoutMs: 0 } },
  ],
  ["no answer in time", [timeout], { end: "unclear", calls: "POST", options: { totalTimeoutMs: 0 } }],
  ["an abort after a request", [reset], { end: "unclear", calls: "POST", options: { signal: AbortSignal.abort() } }],
])("after %s", async (_, steps, { end, calls, options }) => {
  const ran = await run(steps, options);
  expect({ end: kindOf(ran.end), calls: ran.calls }).toEqual({ end, calls });
});

test("all requests of a batch have one id, a UUID of version 4", async () => {
  const { ids } = await run([garbage, garbage, duplicate, done]);
  expect(ids).toEqual([expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)]);
});

test("the wait for an operation ends after the total timeout", async () => {
  const { end, ms } = await run([running], { totalTimeoutMs: 5_000 });
  expect(end).toMatchObject({ kind: "unclear", error: { code: "TIMEOUT", sent: true } });
  expect(ms).toBeGreaterThan(2_000);
  expect(ms).toBeLessThanOrEqual(5_000);
});

test("an unclear end has a failure after which the batch may have been carried out", async () => {
  const { end } = await run([resetThen(duplicate), denied]);
  expect(end).toMatchObject({ error: { status: "PERMISSION_DENIED" }, lost: { code: "NETWORK_ERROR" } });
});
