import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { deliveryOf, retryOf } from "../../test/support/deliveries.ts";
import {
  CloudTaskClient,
  createWorker,
  DeadlineExceededError,
  type Delivery,
  depends,
  type Worker,
  type WorkerOptions,
} from "../index.ts";
import { workerFor } from "./worker.ts";

let client: CloudTaskClient;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-01-01T00:00:01Z") });
  client = new CloudTaskClient({ url: "http://worker.test/tasks/run" });
});

afterEach(() => {
  vi.useRealTimers();
});

function serve(options: WorkerOptions = {}): Worker {
  return createWorker(client, { allowUnauthenticated: true, ...options });
}

/** A promise that the test resolves. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

test("without a secret, a service account or allowUnauthenticated, createWorker() throws", () => {
  expect(() => createWorker(client)).toThrow(
    /set `serviceAccount` or `secret` on the client, or set `allowUnauthenticated: true`/,
  );
});

test.each([
  ["an unknown option", { concurrency: 5 }, /unknown option "concurrency"/],
  ["maxConcurrency: 0", { maxConcurrency: 0 }, /`maxConcurrency` must be a positive integer, received 0/],
  ["a fraction", { maxConcurrency: 1.5 }, /`maxConcurrency` must be a positive integer, received 1\.5/],
  ["a string instead of a boolean", { allowUnauthenticated: "false" }, /allowUnauthenticated must be true or false/],
  ["null", null, /options must be an object, received null/],
  ["maxBodyBytes: NaN", { maxBodyBytes: Number.NaN }, /`maxBodyBytes` must be a positive integer, received NaN/],
  ["an unknown value", { unknownTask: "ignore" }, /`unknownTask` must be "retry" or "discard", received "ignore"/],
])("createWorker() rejects %s", (_, options, message) => {
  expect(() => createWorker(client, options as never)).toThrow(message);
  expect(() => createWorker({} as never)).toThrow(/npm ls cloudtask/);
});

test("a handler receives the task, the attempt, the queue and the deadline of its delivery", async () => {
  let seen: Delivery | undefined;
  client.task("look", {
    dispatchDeadline: "30s",
    run: (_: undefined, { delivery }) => {
      seen = delivery;
    },
  });
  const headers = { "X-CloudTasks-TaskExecutionCount": "1", "X-CloudTasks-TaskRetryReason": "App Error" };
  await serve().fetch(retryOf({ task: "look" }, 2, headers));
  expect(seen).toMatchObject({
    task: "look",
    id: "6154398438278443008",
    queue: "default",
    attempt: 3,
    retryCount: 2,
    executionCount: 1,
    scheduledAt: new Date("2026-01-01T00:00:00.250Z"),
    previousResponse: 503,
    retryReason: "App Error",
    deadline: new Date("2026-01-01T00:00:31Z"),
  });
  expect(seen?.request.headers.get("User-Agent")).toBe("Google-Cloud-Tasks");
});

test.each([
  ["the dispatch deadline of a push overrides the definition's", "45s", "2026-01-01T00:00:46.000Z"],
  ["an invalid deadline header is ignored", "soon", "2026-01-01T00:10:01.000Z"],
])("%s", async (_, header, deadline) => {
  client.task("look", (_: undefined, { delivery }) => delivery.deadline.toISOString());
  const response = await serve().fetch(deliveryOf({ task: "look" }, { "CloudTask-Deadline": header }));
  expect(await response.json()).toMatchObject({ result: deadline });
});

test("a request without the headers of Cloud Tasks is a first attempt", async () => {
  client.task("look", (_: undefined, { delivery: { attempt, id, queue } }) => [attempt, id, queue]);
  const request = new Request("http://worker.test/", {
    method: "POST",
    headers: { "content-type": "application/json; charset=utf-8" },
    body: '{"task":"look"}',
  });
  expect(await (await serve().fetch(request)).json()).toEqual({ status: "success", result: [1, "", ""] });
});

test("a handler that never returns is answered 504 before the deadline, and rolled back", async () => {
  const log: string[] = [];
  const { opened, open } = gate();
  const db = depends(async function* () {
    try {
      yield "session";
      log.push("commit");
    } catch (error) {
      log.push(`rollback: ${(error as Error).name}`);
    }
  });
  client.task("hang", {
    dispatchDeadline: "15s",
    deps: { db },
    onError: ({ error }) => log.push(`onError: ${(error as Error).message}`),
    run: () => opened,
  });
  const answering = serve().fetch(deliveryOf({ task: "hang" }));
  await vi.advanceTimersByTimeAsync(14_500);
  const response = await answering;
  expect(response.status).toBe(504);
  expect(log).toEqual([
    expect.stringMatching(/^onError: the handler did not finish within its dispatch deadline of 15s/),
  ]);
  open();
  await vi.advanceTimersByTimeAsync(0);
  expect(log[1]).toBe("rollback: DeadlineExceededError");
});

test("a handler that stops at its signal is torn down before the answer", async () => {
  const log: string[] = [];
  const db = depends(async function* () {
    yield "session";
    log.push("unreached");
  });
  client.task("heed", {
    dispatchDeadline: "15s",
    deps: { db },
    run: (_: undefined, { delivery }) =>
      new Promise((_, reject) => {
        delivery.signal.addEventListener("abort", () => {
          log.push(`aborted: ${delivery.signal.reason instanceof DeadlineExceededError}`);
          reject(delivery.signal.reason);
        });
      }),
  });
  const answering = serve().fetch(deliveryOf({ task: "heed" }));
  await vi.advanceTimersByTimeAsync(14_000);
  expect((await answering).status).toBe(504);
  expect(log).toEqual(["aborted: true"]);
});

test("a caller that disconnects aborts the delivery", async () => {
  const caller = new AbortController();
  client.task("wait", (_: undefined, { delivery }) => {
    return new Promise((_, reject) => delivery.signal.addEventListener("abort", () => reject(delivery.signal.reason)));
  });
  const request = new Request(deliveryOf({ task: "wait" }), { signal: caller.signal });
  const answering = serve().fetch(request);
  await vi.advanceTimersByTimeAsync(0);
  caller.abort(new Error("the caller disconnected"));
  expect((await answering).status).toBe(504);
});

test("a delivery beyond maxConcurrency is answered 429 with Retry-After", async () => {
  const { opened, open } = gate();
  client.task("slow", () => opened);
  const worker = serve({ maxConcurrency: 2 });
  const answers = [1, 2, 3].map(() => worker.fetch(deliveryOf({ task: "slow" })));
  const rejected = await answers[2];
  expect(rejected?.status).toBe(429);
  expect(rejected?.headers.get("Retry-After")).toBe("5");
  open();
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 429]);
  expect((await worker.fetch(deliveryOf({ task: "slow" }))).status).toBe(200);
});

test("a delivery that the runtime cancelled without running `finally` frees its slot at its deadline", async () => {
  client.task("cancelled", { dispatchDeadline: "1m", run: () => new Promise(() => undefined) });
  client.task("next", () => "ran");
  const worker = serve({ maxConcurrency: 1 });
  void worker.fetch(deliveryOf({ task: "cancelled" }));
  await vi.advanceTimersByTimeAsync(1);
  expect((await worker.fetch(deliveryOf({ task: "next" }))).status).toBe(429);
  vi.setSystemTime(Date.now() + 60_001); // no timer fires
  expect((await worker.fetch(deliveryOf({ task: "next" }))).status).toBe(200);
});

test("a closing worker rejects new deliveries and waits for the running ones", async () => {
  const { opened, open } = gate();
  client.task("slow", () => opened);
  const worker = serve();
  const running = worker.fetch(deliveryOf({ task: "slow" }));
  const closing = worker.close();
  expect((await worker.fetch(deliveryOf({ task: "slow" }))).status).toBe(503);
  open();
  expect((await running).status).toBe(200);
  await closing;
});

test("a closing worker aborts running deliveries after its grace period", async () => {
  client.task("stubborn", (_: undefined, { delivery }) => {
    return new Promise((_, reject) => delivery.signal.addEventListener("abort", () => reject(delivery.signal.reason)));
  });
  const worker = serve();
  const running = worker.fetch(deliveryOf({ task: "stubborn" }));
  const closing = worker.close({ grace: "3s" });
  await vi.advanceTimersByTimeAsync(3_000);
  expect((await running).status).toBe(504);
  await closing;
});

test("a hook has its own dependencies, which are torn down after it", async () => {
  const log: string[] = [];
  const db = depends(function* () {
    yield { save: (what: string) => log.push(`save ${what}`) };
    log.push("commit");
  });
  client.task("never", {
    retry: { maxAttempts: 1 },
    deps: { db },
    onDiscard: async ({ delivery, payload }) => (await delivery.use(db)).save(JSON.stringify(payload)),
    run: (_: { id: number }) => Promise.reject(new Error("no")),
  });
  await serve().fetch(deliveryOf({ task: "never", payload: { id: 7 } }));
  expect(log).toEqual(['save {"id":7}', "commit"]);
});

test("a rejected delivery is logged without secrets", async () => {
  const lines: unknown[][] = [];
  const logger = { warn: (...line: unknown[]) => lines.push(line), error: (...line: unknown[]) => lines.push(line) };
  const logged = new CloudTaskClient({ url: "http://worker.test/", secret: "s3cret-key", logger });
  await createWorker(logged).fetch(deliveryOf({ task: "x" }, { "X-CloudTask-Secret": "guess" }));
  expect(lines).toEqual([[expect.stringContaining("rejected a delivery (forbidden)")]]);
  expect(JSON.stringify(lines)).not.toMatch(/s3cret-key|guess/);
});

test("workerFor(client): a worker that is closed before its first request answers 503 and runs nothing", async () => {
  const run = vi.fn();
  client.task("run", run);
  const worker = workerFor(client, { allowUnauthenticated: true });
  await worker.close();
  expect((await worker.fetch(deliveryOf({ task: "run" }))).status).toBe(503);
  expect(run).not.toHaveBeenCalled();
});

test("workerFor(client): closing a worker that cannot be created succeeds", async () => {
  await expect(workerFor(client).close()).resolves.toBeUndefined();
});

test("workerFor(worker) returns the worker, and accepts no options", () => {
  const worker = serve();
  expect(workerFor(worker)).toBe(worker);
  expect(() => workerFor(worker, { maxConcurrency: 1 })).toThrow(
    "this worker already has its options; pass worker options to createWorker()",
  );
});
