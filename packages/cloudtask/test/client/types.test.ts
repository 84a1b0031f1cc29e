import { type } from "arktype";
import * as v from "valibot";
import { expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  CloudTaskClient,
  createWorker,
  type DefinitionName,
  type Delivery,
  type Dependency,
  depends,
  type PushedTask,
  type Task,
  type UnsendablePayload,
} from "../../src/index.ts";

// Functions in these tests that are not called contain code that only the type checker reads.
const client = new CloudTaskClient({ url: "https://worker.test/tasks/run" });
const getPool = depends(() => ({ size: 10 }), { scope: "app" });
const getDb = depends(async function* () {
  yield { query: (sql: string) => sql.length };
});
const getOrders = depends({ db: getDb, pool: getPool }, async ({ db, pool, delivery }) => ({
  process: (id: number) => db.query(`${id} of ${pool.size} by ${delivery.attempt}`),
}));

test("the payload's type is that of the annotated parameter", () => {
  const send = client.task("annotated", async (user: { id: string; email: string }) => user.id.length);
  expectTypeOf(send).parameters.toEqualTypeOf<[payload: { id: string; email: string }]>();
  expectTypeOf(send({ id: "1", email: "a@b.test" })).toEqualTypeOf<Task<number>>();
  expectTypeOf(send({ id: "1", email: "a@b.test" }).execute).returns.resolves.toEqualTypeOf<number>();
  const wrong = () => [
    // @ts-expect-error a payload is needed
    send(),
    // @ts-expect-error a property is missing
    send({ id: "1" }),
    // @ts-expect-error a property is of another type
    send({ id: 1, email: "a@b.test" }),
    // @ts-expect-error dependencies are never arguments
    send({ id: "1", email: "a@b.test" }, {}),
  ];
  expect(wrong).toBeTypeOf("function");
});

test("a handler without parameters accepts no payload, and an optional parameter makes it optional", async () => {
  const tick = client.task("tick", () => "ticked");
  const report = client.task("report", (day?: string) => day ?? "today");
  expectTypeOf(tick).toBeCallableWith();
  expectTypeOf(report).parameters.toEqualTypeOf<[payload?: string | undefined]>();
  // @ts-expect-error it accepts none
  const wrong = () => tick({ now: true });
  expect(wrong).toBeTypeOf("function");
  expect([await tick().execute(), await report().execute(), await report("monday").execute()]).toEqual([
    "ticked",
    "today",
    "monday",
  ]);
});

test("with options, the payload's type is that of the annotated parameter, and deps provide their values", async () => {
  const task = client.task("with-deps", {
    deps: { orders: getOrders, db: getDb, pool: getPool },
    run: async (order: { id: number }, context) => {
      expectTypeOf(context.orders).toEqualTypeOf<{ process: (id: number) => number }>();
      expectTypeOf(context.db.query).returns.toBeNumber();
      expectTypeOf(context.pool).toEqualTypeOf<{ size: number }>();
      expectTypeOf(context.delivery).toEqualTypeOf<Delivery>();
      expectTypeOf(context).not.toHaveProperty("unknown");
      return context.orders.process(order.id);
    },
  });
  expectTypeOf(task).parameters.toEqualTypeOf<[payload: { id: number }]>();
  expectTypeOf(await task({ id: 1 }).execute()).toEqualTypeOf<number>();
  expect(await task({ id: 1 }).execute()).toBe("1 of 10 by 1".length);
});

test("a handler without deps receives its delivery", () => {
  client.task("delivery", (_: number, { delivery }) => expectTypeOf(delivery).toEqualTypeOf<Delivery>());
  client.task("delivery-only", {
    run: (_: undefined, context) => {
      expectTypeOf(context.delivery).toEqualTypeOf<Delivery>();
      // @ts-expect-error there is no such dependency
      return context.db;
    },
  });
});

test("push accepts the schema's input, the handler receives its output: zod", async () => {
  const input = z.object({ id: z.number(), due: z.iso.datetime().transform((text) => new Date(text)) });
  const task = client.task("zod", {
    input,
    run: (payload) => {
      expectTypeOf(payload).toEqualTypeOf<{ id: number; due: Date }>();
      return payload.due.getTime();
    },
  });
  expectTypeOf(task).parameters.toEqualTypeOf<[payload: { id: number; due: string }]>();
  // @ts-expect-error the handler's payload is not the pushed payload
  const wrong = () => task({ id: 1, due: new Date() });
  expect(wrong).toBeTypeOf("function");
  expect(await task({ id: 1, due: "1970-01-01T00:00:01Z" }).execute()).toBe(1000);
});

test("push accepts the schema's input, the handler receives its output: valibot and arktype", async () => {
  const byValibot = client.task("valibot", {
    input: v.object({ size: v.pipe(v.string(), v.transform(Number)) }),
    run: ({ size }) => {
      expectTypeOf(size).toBeNumber();
      return size;
    },
  });
  const byArktype = client.task("arktype", {
    input: type({ size: "string.numeric.parse" }),
    deps: { pool: getPool },
    run: ({ size }, { pool }) => {
      expectTypeOf(size).toBeNumber();
      return size + pool.size;
    },
  });
  expectTypeOf(byValibot).parameters.toEqualTypeOf<[payload: { size: string }]>();
  expectTypeOf(byArktype).parameters.toEqualTypeOf<[payload: { size: string }]>();
  expect([await byValibot({ size: "2" }).execute(), await byArktype({ size: "2" }).execute()]).toEqual([2, 12]);
});

test("without a schema, a payload that JSON cannot represent does not compile, and the error names the property", () => {
  const wrong = (own: CloudTaskClient) => [
    // @ts-expect-error payload.born is a Date
    own.task("date", async (_: { born: Date }) => 1),
    // @ts-expect-error payload.total is a bigint
    own.task("bigint", { run: (_: { total?: bigint }) => 1 }),
    // @ts-expect-error payload.orders[].lines is a Map
    own.task("map", (_: { orders: { lines: Map<string, number> }[] }) => 1),
    // @ts-expect-error payload.ids is a Set
    own.task("set", (_: { ids: ReadonlySet<number> } | { ids: number[] }) => 1),
    // @ts-expect-error payload.save is a function
    own.task("function", (_: { save(): void }) => 1),
    // @ts-expect-error payload.kind is a symbol
    own.task("symbol", (_: { kind: symbol }) => 1),
    // @ts-expect-error payload is a Date
    own.task("root", (_: Date) => 1),
    // @ts-expect-error payload.born is a Date
    own.declare<{ born: Date }>("declared"),
  ];
  expect(wrong).toBeTypeOf("function");
  type NameOf<Payload> = DefinitionName<Payload, never, undefined>;
  expectTypeOf<NameOf<{ a: { born: Date }[]; n: 1 }>>().toEqualTypeOf<
    UnsendablePayload<"payload.a[].born is a Date">
  >();
});

interface Tree {
  readonly value: string | number | boolean | null;
  readonly children: readonly Tree[];
}
type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

test("every other payload compiles: recursive, unknown, any, branded, with a schema or a serializer", () => {
  const own = new CloudTaskClient({ url: "https://worker.test/" });
  const serialized = new CloudTaskClient({ url: "https://worker.test/", serializer: JSON });
  const right = [
    own.task("tree", (_: Tree) => 1),
    own.task("json", (_: Json) => 1),
    own.task("unknown", (_: unknown) => 1),
    own.task("record", (_: Record<string, unknown>) => 1),
    own.task("branded", (_: { id: string & { readonly brand: "id" } }) => 1),
    own.task("optional", (_?: { at?: string | undefined }) => 1),
    own.task("tuple", (_: readonly [number, string?]) => 1),
    own.task("schema", { input: z.object({ born: z.coerce.date() }), run: ({ born }) => born.getTime() }),
    own.declare("contract", { input: z.object({ born: z.date() }) }),
    serialized.task("date", (_: { born: Date; ids: Set<bigint> }) => 1),
    serialized.declare<{ born: Date }>("born"),
  ];
  expect(right).toHaveLength(11);
  const accepts = (any: CloudTaskClient) => any;
  expect(accepts(serialized)).toBe(serialized);
  expect(createWorker(serialized, { allowUnauthenticated: true })).toBeDefined();
});

test("a handler whose parameter has no type says so where the parameter is used", () => {
  const wrong = (own: CloudTaskClient) => [
    // @ts-expect-error the parameter has no type, so it has no property
    own.task("untyped", async (user) => user.email),
    own.task("untyped-options", {
      // @ts-expect-error the parameter has no type, so it has no property
      run: async (user) => user.email,
    }),
  ];
  expect(wrong).toBeTypeOf("function");
  const tick = client.task("ignores-its-payload", (_, { delivery }) => delivery.attempt);
  expectTypeOf(tick).parameters.toEqualTypeOf<TaskDefinitionParameters>();
  expectTypeOf(tick).toBeCallableWith();
});

type TaskDefinitionParameters = Parameters<ReturnType<typeof defineWithoutPayload>>;
const defineWithoutPayload = () => client.task("never-called", () => 1);

test("an optional schema makes the payload optional", () => {
  const task = client.task("optional", {
    input: z.object({ id: z.number() }).optional(),
    run: (payload) => payload?.id,
  });
  expectTypeOf(task).parameters.toEqualTypeOf<[payload?: { id: number } | undefined]>();
  expectTypeOf(task().execute).returns.resolves.toEqualTypeOf<number | undefined>();
});

test("`delivery` is a reserved name, and an app dependency receives no delivery", () => {
  // @ts-expect-error `delivery` is reserved
  expect(() => client.task("reserved", { deps: { delivery: getDb }, run: () => undefined })).toThrow(TypeError);
  // @ts-expect-error `delivery` is reserved
  expect(() => depends({ delivery: getDb }, () => 1)).toThrow(TypeError);
  // @ts-expect-error an app dependency outlives deliveries
  const wrong = () => depends(({ delivery }) => delivery, { scope: "app" });
  expect(wrong).toBeTypeOf("function");
  expect(() => depends({ db: getDb }, ({ db }) => db, { scope: "app" })).toThrow(
    'a dependency of the scope "app" cannot need "db", which has the scope "delivery"',
  );
});

test("a dependency provides what its factory returns, resolves to, or yields", () => {
  expectTypeOf(getPool).toEqualTypeOf<Dependency<{ size: number }>>();
  expectTypeOf(depends(async () => 1)).toEqualTypeOf<Dependency<number>>();
  expectTypeOf(
    depends(function* () {
      yield "x";
    }),
  ).toEqualTypeOf<Dependency<string>>();
  expectTypeOf(getOrders).toEqualTypeOf<Dependency<{ process: (id: number) => number }>>();
});

test("a replacement is a value of the same type, or a dependency with that value", () => {
  const own = new CloudTaskClient({ url: "https://worker.test/" });
  expectTypeOf(own.override(getPool, { size: 1 })).toEqualTypeOf<(() => void) & Disposable>();
  const [smaller, other] = [depends(() => ({ size: 2 }), { scope: "app" }), depends(() => "x")];
  own.override(getPool, smaller);
  // @ts-expect-error a pool has a size
  own.override(getPool, {});
  // @ts-expect-error a dependency of something else
  own.override(getPool, other);
  // @ts-expect-error not a dependency
  expect(() => own.override({ size: 1 }, { size: 1 })).toThrow(TypeError);
});

test("pushMany accepts tasks with any result, from a list or any iterable", () => {
  const numbers = client.task("numbers", (_: number) => 1);
  const strings = client.task("strings", (_: string) => "x");
  async function* later(): AsyncGenerator<Task<number>> {
    yield numbers(1);
  }
  const right = () => [
    client.pushMany([numbers(1), strings("x")]),
    client.pushMany(new Set([numbers(1)]), { concurrency: 8, push: { queue: "bulk" } }),
    client.pushMany(later()),
  ];
  expectTypeOf(right).returns.toEqualTypeOf<Promise<readonly PushedTask[]>[]>();
  const wrong = () => [
    // @ts-expect-error a definition is not a task
    client.pushMany([numbers]),
    // @ts-expect-error one name for all would create only one task
    client.pushMany([numbers(1)], { push: { name: "x" } }),
  ];
  expect(wrong).toBeTypeOf("function");
});

test("the names and values of options are typed", () => {
  const task = client.task("options", () => undefined)();
  const wrong = () => [
    // @ts-expect-error there is no such option
    new CloudTaskClient({ url: "https://worker.test/", sae: "x" }),
    // @ts-expect-error url is required
    new CloudTaskClient({}),
    // @ts-expect-error no such mode
    new CloudTaskClient({ url: "https://worker.test/", eager: "local" }),
    // @ts-expect-error no such unit
    task.push({ delay: "10 minutes" }),
    // @ts-expect-error no such option
    task.push({ eta: new Date() }),
    // @ts-expect-error a task is bound to its payload
    Object.assign(task, {}).payload.anything,
  ];
  expect(wrong).toBeTypeOf("function");
});
