import { expect, test } from "vitest";
import { CloudTaskClient, createWorker } from "../../src/index.ts";
import { deliveryOf } from "../support/deliveries.ts";

const client = new CloudTaskClient({ url: "http://worker.test/tasks/run", secret: "s3cret-key" });
const worker = createWorker(client);
const signed = { "X-CloudTask-Secret": "s3cret-key" };

client.task("ok", () => ({ sent: 3 }));

test.each([
  ["a request without the secret", deliveryOf({ task: "ok" }), 401, /X-CloudTask-Secret is missing/],
  [
    "a wrong secret",
    deliveryOf({ task: "ok" }, { "X-CloudTask-Secret": "s3cret-kez" }),
    403,
    /contains a wrong secret/,
  ],
  [
    "a truncated secret",
    deliveryOf({ task: "ok" }, { "X-CloudTask-Secret": "s3cret-ke" }),
    403,
    /contains a wrong secret/,
  ],
  ["an empty secret", deliveryOf({ task: "ok" }, { "X-CloudTask-Secret": "" }), 403, /contains a wrong secret/],
  ["an unknown task", deliveryOf({ task: "gone" }, signed), 404, /no task definition is named "gone"/],
  ["a task named like a method", deliveryOf({ task: "constructor" }, signed), 404, /named "constructor"/],
  ["a GET", new Request("http://worker.test/", { headers: signed }), 405, /received GET/],
  ["a body that is not JSON", deliveryOf("{", signed), 400, /not JSON/],
  ["a body that is not an object", deliveryOf("[1]", signed), 400, /not an object/],
  ["a body without a task", deliveryOf("{}", signed), 400, /names no task/],
  ["text/plain", deliveryOf("", { ...signed, "Content-Type": "text/plain" }), 400, /received "text\/plain"/],
  [
    "a long content type",
    deliveryOf("", { ...signed, "Content-Type": "x".repeat(900) }),
    400,
    /received "x{199}…; set that header/,
  ],
  ["a long task name", deliveryOf({ task: "x".repeat(900) }, signed), 404, /named "x{199}…; import the module/],
  [
    "a task name with a line separator",
    deliveryOf({ task: "a\u2028b" }, signed),
    404,
    /named "a\\u2028b"; import the module/,
  ],
  [
    "a request without a content type",
    deliveryOf({ task: "ok" }, { ...signed, "Content-Type": null }),
    400,
    /application\/json/,
  ],
  ["a huge body", deliveryOf(`"${"x".repeat(1_048_576)}"`, signed), 413, /larger than 1048576 bytes/],
])("%s is rejected", async (_, request, status, message) => {
  const response = await worker.fetch(request);
  expect(response.status).toBe(status);
  expect(((await response.json()) as { message: string }).message).toMatch(message);
});

test("a body that is not UTF-8 is answered 400", async () => {
  const request = new Request("http://worker.test/", {
    method: "POST",
    headers: { ...signed, "Content-Type": "application/json" },
    body: new Uint8Array([0x22, 0xff, 0x22]),
  });
  expect((await worker.fetch(request)).status).toBe(400);
});

test("a body that was already read is answered 400, with the remedy", async () => {
  const request = deliveryOf({ task: "ok" }, signed);
  await request.text();
  const response = await worker.fetch(request);
  expect(response.status).toBe(400);
  expect(await response.text()).toMatch(/mount the worker before body parsers/);
});

test("an endless body is answered 413", async () => {
  const chunk = new Uint8Array(65_536).fill(0x20);
  const body = new ReadableStream({ pull: (controller) => controller.enqueue(chunk) });
  const init = { method: "POST", headers: { ...signed, "Content-Type": "application/json" }, body, duplex: "half" };
  const response = await worker.fetch(new Request("http://worker.test/", init as RequestInit));
  expect(response.status).toBe(413);
});

test.each([
  [0, 200],
  [1, 200],
  [2, 403],
])("during a rotation, the secret at index %i is answered %i", async (index, status) => {
  const rotating = new CloudTaskClient({ url: "http://worker.test/", secret: ["new-s3cret", "old-s3cret"] });
  rotating.task("ok", () => 1);
  const secret = ["new-s3cret", "old-s3cret", "older-s3cret"][index] ?? "";
  const response = await createWorker(rotating).fetch(deliveryOf({ task: "ok" }, { "X-CloudTask-Secret": secret }));
  expect(response.status).toBe(status);
});
