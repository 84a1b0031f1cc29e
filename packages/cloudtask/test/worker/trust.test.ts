import { inspect } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import { CloudTaskClient, createWorker, depends, type Logger } from "../../src/index.ts";
import { deliveryOf } from "../support/deliveries.ts";

interface Line {
  readonly level: "warn" | "error";
  readonly message: string;
  readonly details: readonly unknown[];
}

function recorder(): { readonly lines: Line[]; readonly logger: Logger } {
  const lines: Line[] = [];
  const at =
    (level: "warn" | "error") =>
    (message: string, ...details: unknown[]): void => {
      lines.push({ level, message, details });
    };
  return { lines, logger: { warn: at("warn"), error: at("error") } };
}

test("a failed handler is logged with its error", async () => {
  const { lines, logger } = recorder();
  const client = new CloudTaskClient({ url: "http://worker.test/", logger });
  const failure = new Error("out of stock");
  client.task("order", () => Promise.reject(failure));
  await createWorker(client, { allowUnauthenticated: true }).fetch(deliveryOf({ task: "order" }));
  const message = 'cloudtask: "order" (task 6154398438278443008, attempt 1) failed: out of stock';
  const fields = { task: "order", id: "6154398438278443008", queue: "default", attempt: 1 };
  expect(lines).toEqual([{ level: "error", message, details: [failure, fields] }]);
});

test("a logger that throws does not change the answer", async () => {
  const broken = (): never => {
    throw new Error("the disk is full");
  };
  const client = new CloudTaskClient({ url: "http://worker.test/", logger: { warn: broken, error: broken } });
  client.task("order", () => Promise.reject(new Error("out of stock")));
  const worker = createWorker(client, { allowUnauthenticated: true });
  expect((await worker.fetch(deliveryOf({ task: "order" }))).status).toBe(500);
  expect((await worker.fetch(deliveryOf({ task: "gone" }))).status).toBe(404);
});

test("the rejected promise of a logger is handled", async () => {
  const log = vi.fn(() => Promise.reject(new Error("the collector is down")));
  const client = new CloudTaskClient({ url: "http://worker.test/", logger: { warn: log, error: log } });
  await createWorker(client, { allowUnauthenticated: true }).fetch(deliveryOf({ task: "gone" }));
  await new Promise((resolve) => setImmediate(resolve));
  expect(log).toHaveBeenCalledOnce();
});

test("a rollback that fails after the delivery was aborted is logged", async () => {
  vi.useFakeTimers();
  const { lines, logger } = recorder();
  const client = new CloudTaskClient({ url: "http://worker.test/", logger });
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const db = depends(async function* () {
    try {
      yield "session";
    } catch {
      throw new Error("rollback failed");
    }
  });
  client.task("slow", { dispatchDeadline: "15s", deps: { db }, run: () => finished });
  const answering = createWorker(client, { allowUnauthenticated: true }).fetch(deliveryOf({ task: "slow" }));
  await vi.advanceTimersByTimeAsync(15_000);
  expect((await answering).status).toBe(504);
  finish();
  await vi.advanceTimersByTimeAsync(0);
  expect(lines.map(({ message }) => message)).toEqual([
    expect.stringContaining(
      "(task 6154398438278443008, attempt 1) failed: the handler did not finish within its dispatch",
    ),
    expect.stringMatching(/^cloudtask: "slow" .+ failed after its delivery was aborted: .*rollback failed/),
  ]);
  vi.useRealTimers();
});

/** A client that logs to a list. The time stands until the test advances it. */
function withFakeTimers(): { readonly lines: ReturnType<typeof recorder>["lines"]; readonly client: CloudTaskClient } {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { lines, logger } = recorder();
  return { lines, client: new CloudTaskClient({ url: "http://worker.test/", logger }) };
}

test("a commit that succeeds after the delivery was aborted is logged", async () => {
  const { lines, client } = withFakeTimers();
  const db = depends(async function* () {
    yield "session";
    await new Promise((resolve) => setTimeout(resolve, 20_000));
  });
  client.task("slow", { dispatchDeadline: "15s", deps: { db }, run: () => "done" });
  const answering = createWorker(client, { allowUnauthenticated: true }).fetch(deliveryOf({ task: "slow" }));
  await vi.advanceTimersByTimeAsync(20_000);
  expect((await answering).status).toBe(504);
  const message = 'cloudtask: "slow" (task 6154398438278443008, attempt 1) succeeded after its delivery was aborted';
  expect(lines.at(-1)).toMatchObject({ level: "warn", message: expect.stringContaining(message) });
});

/** Blocks the event loop as long computations do: time passes, and no timer runs. */
function block(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

test("a handler that blocked the event loop beyond the deadline is rolled back, answered with 504 and logged", async () => {
  const { lines, client } = withFakeTimers();
  const ends: string[] = [];
  const db = depends(async function* () {
    try {
      yield "session";
      ends.push("committed");
    } catch (error) {
      ends.push("rolled back");
      throw error;
    }
  });
  client.task("slow", { dispatchDeadline: "15s", deps: { db }, run: (ms: number) => block(ms) });
  const worker = createWorker(client, { allowUnauthenticated: true });
  const inTime = await worker.fetch(deliveryOf({ task: "slow", payload: 14_999 }));
  const late = await worker.fetch(deliveryOf({ task: "slow", payload: 15_000 }));
  await vi.advanceTimersByTimeAsync(0);
  expect([inTime.status, late.status]).toEqual([200, 504]);
  expect(ends).toEqual(["committed", "rolled back"]);
  expect(lines.map(({ message }) => message)).toEqual([
    expect.stringContaining("attempt 1) failed: the handler did not finish within its dispatch deadline of 15s"),
  ]);
});

test("a teardown that blocked the event loop beyond the deadline is answered with 504 and logged as a late success", async () => {
  const { lines, client } = withFakeTimers();
  const db = depends(async function* () {
    yield "session";
    block(15_000);
  });
  client.task("slow", { dispatchDeadline: "15s", deps: { db }, run: () => "done" });
  const worker = createWorker(client, { allowUnauthenticated: true });
  expect((await worker.fetch(deliveryOf({ task: "slow" }))).status).toBe(504);
  await vi.advanceTimersByTimeAsync(0);
  expect(lines.map(({ message }) => message).sort()).toEqual([
    expect.stringContaining("attempt 1) failed: the handler did not finish within its dispatch deadline of 15s"),
    expect.stringContaining("attempt 1) succeeded after its delivery was aborted: its work is done"),
  ]);
});

test("delivery.request contains no secret and no token, and neither does a printed delivery", async () => {
  const client = new CloudTaskClient({ url: "http://worker.test/", secret: "s3cret-key" });
  let printed = "";
  const look = client.task("look", (_: undefined, { delivery }) => {
    printed = inspect(delivery, { depth: 10, getters: true }) + inspect(delivery.request, { depth: 10 });
    expect(delivery.request).toBe(delivery.request);
    return [...delivery.request.headers.keys()];
  });
  const tokens = {
    Authorization: "Bearer t0ken",
    "Proxy-Authorization": "Bearer t0ken",
    "X-Forwarded-Authorization": "Bearer t0ken",
    "X-Goog-IAP-JWT-Assertion": "t0ken",
    "X-Serverless-Authorization": "Bearer t0ken",
  };
  const headers = { "X-CloudTask-Secret": "s3cret-key", ...tokens };
  const response = await createWorker(client).fetch(deliveryOf({ task: look.name }, headers));
  expect(((await response.json()) as { result: string[] }).result).toContain("user-agent");
  expect(printed).toContain("6154398438278443008");
  expect(printed).not.toMatch(/s3cret-key|t0ken/);
});

test("a worker can close while a body never ends", async () => {
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  const worker = createWorker(client, { allowUnauthenticated: true });
  const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([0x7b])) });
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body, duplex: "half" };
  const answering = worker.fetch(new Request("http://worker.test/", init as RequestInit));
  await worker.close({ grace: 1 });
  expect((await answering).status).toBe(503);
});

test("a delivery whose caller disconnects during the body is answered 400", async () => {
  const caller = new AbortController();
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  const worker = createWorker(client, { allowUnauthenticated: true });
  const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([0x7b])) });
  const headers = { "Content-Type": "application/json" };
  const init = { method: "POST", headers, body, duplex: "half", signal: caller.signal };
  const answering = worker.fetch(new Request("http://worker.test/", init as RequestInit));
  caller.abort();
  expect((await answering).status).toBe(400);
});

test("execute() creates a request without the secret too", async () => {
  const client = new CloudTaskClient({ url: "http://worker.test/", secret: "s3cret-key" });
  const look = client.task("look", (_: undefined, { delivery }) => [...delivery.request.headers]);
  const headers = await look().execute();
  expect(headers).toContainEqual(["user-agent", "Google-Cloud-Tasks"]);
  expect(JSON.stringify(headers)).not.toContain("s3cret-key");
});

test("a grace period beyond the longest timer does not abort at once", async () => {
  vi.useFakeTimers();
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  let finish: () => void = () => undefined;
  const finished = new Promise<string>((resolve) => {
    finish = () => resolve("done");
  });
  client.task("slow", () => finished);
  const worker = createWorker(client, { allowUnauthenticated: true });
  const answering = worker.fetch(deliveryOf({ task: "slow" }));
  const closing = worker.close({ grace: "30d" });
  await vi.advanceTimersByTimeAsync(1_000);
  finish();
  await closing;
  vi.useRealTimers();
  expect(await (await answering).json()).toEqual({ status: "success", result: "done" });
});
