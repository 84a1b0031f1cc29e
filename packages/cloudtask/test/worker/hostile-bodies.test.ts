import { expect, test } from "vitest";
import { CloudTaskClient, createWorker } from "../../src/index.ts";
import { deliveryOf } from "../support/deliveries.ts";

const client = new CloudTaskClient({ url: "http://worker.test/", secret: "s3cret-key" });
const worker = createWorker(client);
const seen: unknown[] = [];
client.task("echo", (payload: unknown) => {
  seen.push(payload);
  return payload;
});
client.task("other", () => "other");

async function answerTo(body: string): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const response = await worker.fetch(deliveryOf(body, { "X-CloudTask-Secret": "s3cret-key" }));
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test.each([
  ["a task in its prototype", '{"__proto__":{"task":"echo"}}', /names no task/],
  ["a task that is an object", '{"task":{"toString":"echo"}}', /"task" must be a string/],
  ["a task in a list", '{"task":["echo"]}', /"task" must be a string/],
  ["serialized text that is an object", '{"task":"echo","serialized":{}}', /"serialized" must be a string/],
  ["a million brackets", "[".repeat(1_000_000), /not JSON/],
  ["two bodies", '{"task":"echo"}{"task":"other"}', /not JSON/],
  ["two byte order marks", '\ufeff\ufeff{"task":"echo"}', /not JSON/],
  ["an incomplete number", '{"task":"echo","payload":1e}', /not JSON/],
])("a body with %s is answered 400", async (_, body, message) => {
  expect(await answerTo(body)).toMatchObject({ status: 400, body: { message: expect.stringMatching(message) } });
});

test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])("no task is named %s", async (task) => {
  expect((await answerTo(JSON.stringify({ task }))).status).toBe(404);
});

test("`__proto__` in a payload is an ordinary property", async () => {
  const { status } = await answerTo('{"task":"echo","payload":{"__proto__":{"admin":true},"constructor":{"x":1}}}');
  expect(status).toBe(200);
  const payload = Object(seen.at(-1));
  expect(Object.keys(payload)).toEqual(["__proto__", "constructor"]);
  expect(Object.getPrototypeOf(payload)).toBe(Object.prototype);
  expect(Object({}).admin).toBeUndefined();
});

test("the last value of a duplicate key counts, in the envelope and in the payload", async () => {
  expect(await answerTo('{"task":"echo","task":"other","payload":1}')).toMatchObject({ body: { result: "other" } });
  expect(await answerTo('{"task":"echo","payload":1,"payload":{"a":1,"a":2}}')).toMatchObject({
    body: { result: { a: 2 } },
  });
});

test("a payload with the deepest possible nesting does not break the worker", async () => {
  const depth = 500_000;
  const { status } = await answerTo(`{"task":"echo","payload":${"[".repeat(depth)}${"]".repeat(depth)}}`);
  expect(status).toBe(200);
  expect((await answerTo('{"task":"other"}')).status).toBe(200);
});
