import { expect, test } from "vitest";
import { CloudTaskClient, createWorker } from "../../src/index.ts";
import { deliveryOf } from "../support/deliveries.ts";

const SECRET = "s3cret-key";
const newClient = (): CloudTaskClient => new CloudTaskClient({ url: "http://worker.test/tasks/run", secret: SECRET });
const ping = { task: "cloudtask-ping" };

test("a ping is answered without a handler, a hook or a middleware", async () => {
  const client = newClient();
  const ran: string[] = [];
  client.use(async (_, next) => {
    ran.push("middleware");
    return next();
  });
  const worker = createWorker(client);
  const response = await worker.fetch(deliveryOf(ping, { "X-CloudTask-Secret": SECRET }));
  expect([response.status, await response.json()]).toEqual([200, { status: "success", result: "pong" }]);
  expect(ran).toEqual([]);
});

test.each([
  ["no secret", {}, 401],
  ["a wrong secret", { "X-CloudTask-Secret": "another-key" }, 403],
])("a ping with %s is rejected as any other delivery", async (_, headers: Readonly<Record<string, string>>, status) => {
  expect((await createWorker(newClient()).fetch(deliveryOf(ping, headers))).status).toBe(status);
});

test("no definition and no alias can have the name of the ping", () => {
  const client = newClient();
  const message = /the name is reserved: workers answer it without a handler/;
  expect(() => client.task("cloudtask-ping", () => undefined)).toThrow(message);
  expect(() => client.declare("cloudtask-ping")).toThrow(message);
  expect(() => client.task("other", { aliases: ["cloudtask-ping"], run: () => undefined })).toThrow(message);
});
