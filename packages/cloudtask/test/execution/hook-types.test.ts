import { expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  CloudTaskClient,
  type Delivery,
  type DiscardedDelivery,
  depends,
  type FailedDelivery,
  type Hooks,
  type SucceededDelivery,
  type TaskDefinition,
} from "../../src/index.ts";

interface Order {
  readonly id: number;
}

const client = new CloudTaskClient({ url: "http://worker.test/" });
const getDb = depends(() => ({ save: (_: unknown) => undefined }));

test("with a schema, hooks receive the schema's output, before and after `run`", () => {
  const task = client.task("schema", {
    onDiscard: (event) => {
      expectTypeOf(event.payload).toBeUnknown();
      if (event.payloadRead) expectTypeOf(event.payload).toEqualTypeOf<{ id: number; due: Date }>();
      expectTypeOf(event.reason).toExtend<string>();
      expectTypeOf(event.rawPayload).toBeUnknown();
      if (event.payloadRead) expectTypeOf(event.rawPayload).toEqualTypeOf<{ id: number; due: string }>();
    },
    onError: ({ payload, payloadRead, delivery }) => {
      expectTypeOf(delivery).toEqualTypeOf<Delivery>();
      return payloadRead ? payload.due.getTime() : expectTypeOf(payload).toBeUnknown();
    },
    deps: { db: getDb },
    input: z.object({ id: z.number(), due: z.coerce.date<string>() }),
    run: async ({ id }, { db }) => `${id} ${db.save(id)}`,
    onSuccess: ({ payload, result }) => {
      expectTypeOf(payload).toEqualTypeOf<{ id: number; due: Date }>();
      expectTypeOf(result).toBeString();
    },
  });
  expectTypeOf(task).toEqualTypeOf<TaskDefinition<{ id: number; due: string }, string>>();
});

test("hooks after `run` have the types of its parameter and its result", () => {
  const task = client.task("after", {
    deps: { db: getDb },
    run: async (order: Order, { db }) => [order.id, db.save(order)] as const,
    onSuccess: ({ payload, result }) => {
      expectTypeOf(payload).toEqualTypeOf<Order>();
      expectTypeOf(result).toEqualTypeOf<readonly [number, undefined]>();
    },
    onError: (event) => event.payloadRead && expectTypeOf(event.payload).toEqualTypeOf<Order>(),
  });
  expectTypeOf(task).toEqualTypeOf<TaskDefinition<Order, readonly [number, undefined]>>();
});

test("hooks of a declared task's handler know the payload that it is pushed with", () => {
  const declared = client.declare("declared", { input: z.object({ due: z.coerce.date<string>() }) });
  client.handle(declared, {
    run: ({ due }) => due.getTime(),
    onDiscard: (event) => {
      if (event.payloadRead) expectTypeOf(event.rawPayload).toEqualTypeOf<{ due: string }>();
      if (event.payloadRead) expectTypeOf(event.payload).toEqualTypeOf<{ due: Date }>();
    },
  });
});

test("hooks before `run` do not change the types of the definition", () => {
  const task = client.task("before", {
    onSuccess: ({ payload, result }) => [expectTypeOf(payload).toBeUnknown(), expectTypeOf(result).toBeUnknown()],
    onDiscard: ({ payload }) => expectTypeOf(payload).toBeUnknown(),
    deps: { db: getDb },
    run: async (order: Order, { db }) => db.save(order.id),
  });
  expectTypeOf(task).toEqualTypeOf<TaskDefinition<Order, undefined>>();
});

test("an unread payload is unknown, and so is the payload in the client's hooks", () => {
  const hooks: Hooks<Order, string> = {
    // @ts-expect-error the payload may be unread
    onError: ({ payload }) => payload.id,
    // @ts-expect-error the payload is unread
    onDiscard: (event) => !event.payloadRead && event.payload.id,
    onSuccess: ({ payload, result }) => payload.id + result.length,
  };
  expect(hooks).toBeTypeOf("object");
  expectTypeOf<FailedDelivery["payload"]>().toBeUnknown();
  expectTypeOf<DiscardedDelivery["payload"]>().toBeUnknown();
  expectTypeOf<SucceededDelivery>().toEqualTypeOf<{
    readonly delivery: Delivery;
    readonly payload: unknown;
    readonly result: unknown;
  }>();
});

test("a hook can be declared separately, with the type of its event", async () => {
  const lost: (Order | undefined)[] = [];
  const keep = (event: DiscardedDelivery<Order>) => lost.push(event.payloadRead ? event.payload : undefined);
  const task = client.task("keep", {
    retry: { maxAttempts: 1 },
    run: (_: Order) => Promise.reject(new Error("no")),
    onDiscard: keep,
  });
  await expect(task({ id: 7 }).execute()).rejects.toThrow("no");
  expect(lost).toEqual([{ id: 7 }]);
});
