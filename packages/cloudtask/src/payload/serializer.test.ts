import * as devalue from "devalue";
import superjson from "superjson";
import { expect, test } from "vitest";
import { z } from "zod";
import { apiServer, bodyAt, clientOf } from "../../test/support/api-server.ts";
import { deliveryOf } from "../../test/support/deliveries.ts";
import { failureOf } from "../../test/support/failure.ts";
import { createWorker, type Serializer } from "../index.ts";

const rich = {
  date: new Date("2030-01-31T09:00:00Z"),
  map: new Map([["a", 1]]),
  set: new Set([1, 2]),
  big: 10n ** 20n,
  none: undefined,
  nan: Number.NaN,
};

const SERIALIZERS: readonly (readonly [string, Serializer])[] = [
  ["superjson", superjson],
  ["devalue", devalue],
];

test.each(SERIALIZERS)("%s carries Date, Map, Set and BigInt to the handler", async (_, serializer) => {
  const api = await apiServer();
  const client = clientOf(api, { serializer });
  let received: unknown;
  const task = client.task("t", (payload: typeof rich) => {
    received = payload;
  });
  await task(rich).push();
  expect(bodyAt(api)).toEqual({ task: "t", serialized: serializer.stringify(rich) });
  const worker = createWorker(client, { allowUnauthenticated: true });
  expect((await worker.fetch(deliveryOf(bodyAt(api)))).status).toBe(200);
  expect(received).toEqual(rich);
});

test("devalue carries a cycle", async () => {
  const node: { self?: unknown } = {};
  node.self = node;
  const task = clientOf(undefined, { serializer: devalue }).task("t", (payload: typeof node) => {
    return payload.self === payload;
  });
  expect(await task(node).execute()).toBe(true);
});

test.each(SERIALIZERS)(
  "%s: the schema validates the original value, at push and in the worker",
  async (_, serializer) => {
    const input = z.object({ due: z.date(), ids: z.set(z.number()) });
    const task = clientOf(undefined, { serializer }).task("t", { input, run: ({ due, ids }) => [due, ids] });
    const [due, ids] = [new Date(0), new Set([1])];
    expect(await task({ due, ids }).execute()).toEqual([due, ids]);
    await expect(task({ due: "1970", ids } as unknown as { due: Date; ids: Set<number> }).push()).rejects.toThrow(
      'the payload of "t" does not match its schema: payload.due: ',
    );
  },
);

test.each(SERIALIZERS)("%s: a task without a payload does not use the serializer", async (_, serializer) => {
  const api = await apiServer();
  const client = clientOf(api, { serializer });
  await client
    .task("t", () => undefined)()
    .push();
  expect(bodyAt(api)).toEqual({ task: "t" });
});

test("a push rejects a payload that the serializer rejects", async () => {
  const task = clientOf(undefined, { serializer: devalue }).task("t", (payload: unknown) => payload);
  const error = await failureOf(task({ run: () => 1 }).push());
  expect(error).toMatchObject({ code: "PAYLOAD_NOT_SERIALIZABLE", path: "payload", cause: expect.any(Error) });
  expect(error.message).toContain('the payload of "t": the client\'s serializer rejected it: ');
});

test("a serializer must return a string", async () => {
  const serializer = { stringify: () => Buffer.from("x") as unknown as string, parse: () => 1 };
  const task = clientOf(undefined, { serializer }).task("t", (payload: unknown) => payload);
  await expect(task(1).push()).rejects.toThrow(
    new TypeError("serializer.stringify() must return a string, returned object"),
  );
});

test("a payload of another serializer is discarded", async () => {
  const discarded: unknown[] = [];
  const client = clientOf(undefined, {
    serializer: devalue,
    onDiscard: ({ error, payload }) => discarded.push([(error as Error).message, payload]),
  });
  client.task("t", () => expect.unreachable());
  const worker = createWorker(client, { allowUnauthenticated: true });
  const serialized = superjson.stringify({ id: 1 });
  const response = await worker.fetch(deliveryOf({ task: "t", serialized }));
  expect(await response.json()).toMatchObject({ status: "discarded", reason: "invalid-payload" });
  expect(discarded).toEqual([[expect.stringContaining("the client's serializer could not read it: "), serialized]]);
});

test("plain JSON that was queued before the client got its serializer is still accepted", async () => {
  const client = clientOf(undefined, { serializer: devalue });
  client.task("t", (payload: { id: number }) => payload.id);
  const worker = createWorker(client, { allowUnauthenticated: true });
  const response = await worker.fetch(deliveryOf({ task: "t", payload: { id: 1 } }));
  expect(await response.json()).toEqual({ status: "success", result: 1 });
});

test("a worker without the serializer answers 500, because a later revision may have it", async () => {
  const errors: unknown[] = [];
  const client = clientOf(undefined, { onError: ({ error }) => errors.push(error) });
  client.task("t", () => expect.unreachable());
  const worker = createWorker(client, { allowUnauthenticated: true });
  const response = await worker.fetch(deliveryOf({ task: "t", serialized: superjson.stringify({ id: 1 }) }));
  expect(response.status).toBe(500);
  expect(errors).toMatchObject([{ code: "CONFIGURATION_MISSING", message: expect.stringContaining("`serializer`") }]);
});
