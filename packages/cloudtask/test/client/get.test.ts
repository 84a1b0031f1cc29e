import { expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import type { TaskDefinition } from "../../src/index.ts";
import { apiServer, bodyAt, clientOf } from "../support/api-server.ts";

test("get() returns the definition of a name, or of an alias", () => {
  const client = clientOf(undefined);
  const send = client.task("send-mail", { aliases: ["mail"], run: () => undefined });
  const charge = client.declare("charge-card");
  expect(client.get("send-mail")).toBe(send);
  expect(client.get("mail")).toBe(send);
  expect(client.get("charge-card")).toBe(charge);
});

test("a task of the definition is pushed, and its payload is validated", async () => {
  const api = await apiServer();
  const client = clientOf(api);
  client.task("index", { input: z.object({ id: z.number() }), run: () => undefined });
  await client.get("index")({ id: 7 }).push();
  expect(bodyAt(api)).toEqual({ task: "index", payload: { id: 7 } });
  await expect(client.get("index")({ id: "7" }).push()).rejects.toMatchObject({ code: "PAYLOAD_INVALID" });
});

test.each([
  ["proces-order", 'client.get("proces-order"): this client defines no such task; did you mean "process-order"?'],
  ["processOrder", 'client.get("processOrder"): this client defines no such task; did you mean "process-order"?'],
  ["proces-orders", "did you mean"],
  ["odrers", "import the module that defines it, or check the name"],
  ["constructor", "import the module that defines it, or check the name"],
  [undefined as never, "client.get(undefined): this client defines no such task"],
])("get(%j) throws a TypeError that helps to find the name", (name, message) => {
  const client = clientOf(undefined);
  client.task("process-order", { aliases: ["proces-order-s"], run: () => undefined });
  const get = () => client.get(name);
  expect(get).toThrow(TypeError);
  expect(get).toThrow(message);
});

test("a definition of another client is not found", () => {
  clientOf(undefined).task("theirs", () => undefined);
  expect(() => clientOf(undefined).get("theirs")).toThrow("this client defines no such task");
});

test("payload and result are unknown without type arguments", () => {
  const client = clientOf(undefined);
  client.task("t", (id: number) => `${id}`);
  expectTypeOf(client.get("t")).toEqualTypeOf<TaskDefinition<unknown, unknown>>();
  expectTypeOf(client.get<number, string>("t")).toEqualTypeOf<TaskDefinition<number, string>>();
});
