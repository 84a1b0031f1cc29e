import { expect, test } from "vitest";
import { z } from "zod";
import { deliveryOf, retryOf } from "../../test/support/deliveries.ts";
import {
  CloudTaskClient,
  createWorker,
  type DiscardedDelivery,
  depends,
  type FailedDelivery,
  NonRetriableError,
  RetryAfterError,
} from "../index.ts";

const events: string[] = [];
const client = new CloudTaskClient({
  url: "http://worker.test/tasks/run",
  secret: "s3cret",
  onError: ({ error, delivery }: FailedDelivery) => events.push(`error ${delivery.task}: ${(error as Error).message}`),
  onDiscard: ({ reason, delivery }: DiscardedDelivery) => events.push(`discard ${delivery.task}: ${reason}`),
});
const worker = createWorker(client);
const failingCommit = depends(async function* () {
  yield "session";
  throw new Error("commit failed");
});
const failingCreation = depends(() => Promise.reject(new Error("no connection")));

function fail(error: Error): () => never {
  return () => {
    throw error;
  };
}

client.task("ok", () => ({ sent: 3 }));
client.task("nothing", async () => undefined);
client.task("bigint", () => ({ big: 5n }));
client.task("typed", { input: z.object({ id: z.number() }), run: ({ id }) => id });
client.task("throws", fail(new Error("database password is hunter2")));
client.task("never", fail(new NonRetriableError("no such order")));
client.task("later", fail(new RetryAfterError("10m")));
client.task("twice", { maxAttempts: 2, run: fail(new Error("flaky")) });
client.task("twice-later", { maxAttempts: 2, run: fail(new RetryAfterError("1m")) });
client.task("uncommitted", { deps: { failingCommit }, run: () => "done" });
client.task("uncreated", { deps: { failingCreation }, run: () => "done" });
client.task("never-uncommitted", { deps: { failingCommit }, run: fail(new NonRetriableError("no such order")) });
client.task("undiscardable", { run: fail(new NonRetriableError("x")), onDiscard: fail(new Error("store is down")) });
client.task("mute", { run: fail(new Error("first")), onError: fail(new Error("the hook failed")) });

const signed = { "X-CloudTask-Secret": "s3cret" };
const error = { status: 500, body: { status: "error" } };
const discarded = (reason: string) => ({ status: 200, body: { status: "discarded", reason } });

test.each([
  { task: "ok", answer: { status: 200, body: { status: "success", result: { sent: 3 } } }, hooks: [] },
  { task: "nothing", answer: { status: 200, body: { status: "success" } }, hooks: [] },
  { task: "bigint", answer: { status: 200, body: { status: "success" } }, hooks: [] },
  { task: "typed", payload: { id: 1 }, answer: { status: 200, body: { status: "success", result: 1 } }, hooks: [] },
  {
    task: "typed",
    payload: { id: "1" },
    answer: discarded("invalid-payload"),
    hooks: ["discard typed: invalid-payload"],
  },
  { task: "throws", answer: error, hooks: ["error throws: database password is hunter2"] },
  { task: "never", answer: discarded("non-retriable"), hooks: ["discard never: non-retriable"] },
  { task: "later", answer: { ...error, retryAfter: "600" }, hooks: ["error later: asked to be retried after 10m"] },
  { task: "twice", answer: error, hooks: ["error twice: flaky"] },
  {
    task: "twice",
    retryCount: 1,
    answer: discarded("max-attempts"),
    hooks: ["error twice: flaky", "discard twice: max-attempts"],
  },
  {
    task: "twice-later",
    retryCount: 1,
    answer: discarded("max-attempts"),
    hooks: ["error twice-later: asked to be retried after 1m", "discard twice-later: max-attempts"],
  },
  {
    task: "uncommitted",
    answer: error,
    hooks: ['error uncommitted: the teardown of the dependency "failingCommit" failed: commit failed'],
  },
  { task: "uncreated", answer: error, hooks: ["error uncreated: no connection"] },
  {
    task: "never-uncommitted",
    answer: discarded("non-retriable"),
    hooks: ["discard never-uncommitted: non-retriable"],
  },
  { task: "undiscardable", answer: error, hooks: ["discard undiscardable: non-retriable"] },
  { task: "mute", answer: error, hooks: ["error mute: first"] },
])("$task with $payload, after $retryCount retries, is answered $answer.status $answer.body", async (row) => {
  events.length = 0;
  const body = { task: row.task, payload: row.payload };
  const response = await worker.fetch(retryOf(body, row.retryCount ?? 0, signed));
  expect(response.status).toBe(row.answer.status);
  expect(await response.json()).toEqual(row.answer.body);
  expect(response.headers.get("Retry-After")).toBe(("retryAfter" in row.answer && row.answer.retryAfter) || null);
  expect(events).toEqual(row.hooks);
});

test("a discarded delivery says so in a header, for logs", async () => {
  const response = await worker.fetch(deliveryOf({ task: "never" }, signed));
  expect(response.headers.get("CloudTask-Outcome")).toBe("discarded");
});

test.each([
  ["no secret", deliveryOf({ task: "ok" }), 401, /X-CloudTask-Secret is missing/],
  ["a wrong secret", deliveryOf({ task: "ok" }, { "X-CloudTask-Secret": "s3cres" }), 403, /does not hold/],
  ["a truncated secret", deliveryOf({ task: "ok" }, { "X-CloudTask-Secret": "s3cre" }), 403, /does not hold/],
  ["an empty secret", deliveryOf({ task: "ok" }, { "X-CloudTask-Secret": "" }), 403, /does not hold/],
  ["an unknown task", deliveryOf({ task: "gone" }, signed), 404, /no task definition is named "gone"/],
  ["a task named like a method", deliveryOf({ task: "constructor" }, signed), 404, /named "constructor"/],
  ["a GET", new Request("http://worker.test/", { headers: signed }), 405, /received GET/],
  ["a body that is not JSON", deliveryOf("{", signed), 400, /not JSON/],
  ["a body that is no object", deliveryOf("[1]", signed), 400, /not an object/],
  ["a body without a task", deliveryOf("{}", signed), 400, /names no task/],
  [
    "a body that is not UTF-8",
    deliveryOf("", { ...signed, "Content-Type": "text/plain" }),
    400,
    /received text\/plain/,
  ],
  ["no content type", deliveryOf({ task: "ok" }, { ...signed, "Content-Type": null }), 400, /application\/json/],
  ["a huge body", deliveryOf(`"${"x".repeat(1_048_576)}"`, signed), 413, /larger than 1048576 bytes/],
])("%s is refused with %i", async (_, request, status, message) => {
  const response = await worker.fetch(request);
  expect(response.status).toBe(status);
  expect(((await response.json()) as { message: string }).message).toMatch(message);
});

test("a body that is not UTF-8 is refused, not read as something else", async () => {
  const request = new Request("http://worker.test/", {
    method: "POST",
    headers: { ...signed, "Content-Type": "application/json" },
    body: new Uint8Array([0x22, 0xff, 0x22]),
  });
  expect((await worker.fetch(request)).status).toBe(400);
});

test("a body that somebody read before is refused with the way out", async () => {
  const request = deliveryOf({ task: "ok" }, signed);
  await request.text();
  const response = await worker.fetch(request);
  expect(response.status).toBe(400);
  expect(await response.text()).toMatch(/mount the worker before whatever parses bodies/);
});

test("an endless body is cut off at the limit", async () => {
  const chunk = new Uint8Array(65_536).fill(0x20);
  const body = new ReadableStream({ pull: (controller) => controller.enqueue(chunk) });
  const init = { method: "POST", headers: { ...signed, "Content-Type": "application/json" }, body, duplex: "half" };
  const response = await worker.fetch(new Request("http://worker.test/", init as RequestInit));
  expect(response.status).toBe(413);
});

test("an error never shows in an answer", async () => {
  const response = await worker.fetch(deliveryOf({ task: "throws" }, signed));
  expect(await response.text()).not.toContain("hunter2");
});

test.each([
  [0, 200],
  [1, 200],
  [2, 403],
])("of a rotated secret, entry %i is answered %i", async (index, status) => {
  const rotating = new CloudTaskClient({ url: "http://worker.test/", secret: ["new", "old"] });
  rotating.task("ok", () => 1);
  const secret = ["new", "old", "older"][index] ?? "";
  const response = await createWorker(rotating).fetch(deliveryOf({ task: "ok" }, { "X-CloudTask-Secret": secret }));
  expect(response.status).toBe(status);
});

test("with unknownTask: discard, an unknown task is dropped instead of retried", async () => {
  const dropping = createWorker(client, { unknownTask: "discard" });
  const response = await dropping.fetch(deliveryOf({ task: "gone" }, signed));
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: "discarded", reason: "unknown-task" });
});
