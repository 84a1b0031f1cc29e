import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { failureOf } from "../../test/support/failure.ts";
import { CloudTaskClient, PayloadNotSerializableError } from "../index.ts";
import { strictJson } from "./strict-json.ts";

const client = new CloudTaskClient({ url: "https://worker.test/" });
const echo = client.task("echo", (payload: unknown) => payload);

const withoutPrototype = (fields: object): object => Object.assign(Object.create(null), fields);

class Money {
  readonly cents = 1;
}
class Ids extends Array<number> {}
const cycle: Record<string, unknown> = { name: "loop" };
cycle.self = cycle;
const shared = { x: 1 };
const list: unknown[] = [1];
list.push({ list });

test.each<[string, unknown, string]>([
  ["a Date", { due: new Date(0) }, "payload.due"],
  ["a Date at the root", new Date(0), "payload"],
  ["a BigInt", { total: 1n }, "payload.total"],
  ["a Map", { index: new Map([[1, 2]]) }, "payload.index"],
  ["a Set", [new Set([1])], "payload[0]"],
  ["a typed array", { bytes: new Uint8Array(2) }, "payload.bytes"],
  ["a Buffer", { bytes: Buffer.from("x") }, "payload.bytes"],
  ["an ArrayBuffer", { bytes: new ArrayBuffer(2) }, "payload.bytes"],
  ["a RegExp", { pattern: /x/ }, "payload.pattern"],
  ["an Error", { error: new Error("x") }, "payload.error"],
  ["a URL", { link: new URL("https://x.test") }, "payload.link"],
  ["a boxed string", { name: new String("x") }, "payload.name"],
  ["a promise", { order: Promise.resolve(1) }, "payload.order"],
  ["an instance of a class", { items: [{ price: new Money() }] }, "payload.items[0].price"],
  ["an array of a class of its own", { ids: Ids.of(1, 2) }, "payload.ids"],
  ["an array with properties of its own", { match: /b/.exec("abc") }, "payload.match"],
  ["something with toJSON", { at: { toJSON: () => "now" } }, "payload.at"],
  ["NaN", { rate: Number.NaN }, "payload.rate"],
  ["Infinity", [[Number.POSITIVE_INFINITY]], "payload[0][0]"],
  ["-Infinity", { "a b": Number.NEGATIVE_INFINITY }, 'payload["a b"]'],
  ["undefined inside an array", { ids: [1, undefined] }, "payload.ids[1]"],
  ["a hole in an array", { ids: Object.assign([], { 1: 3 }) }, "payload.ids[0]"],
  ["a function", { run: () => 1 }, "payload.run"],
  ["a symbol", { kind: Symbol("x") }, "payload.kind"],
  ["a symbol as key", { meta: { [Symbol("x")]: 1 } }, "payload.meta"],
  ["an object that contains itself", { cycle }, "payload.cycle.self"],
  ["an array that contains itself", { list }, "payload.list[1].list"],
  ["an object that inherits from another", { order: Object.create({ id: 7 }) }, "payload.order"],
  [
    "an object that inherits from an object without a prototype",
    { order: Object.create(withoutPrototype({ id: 7 })) },
    "payload.order",
  ],
  [
    "an object that inherits from a fake Object.prototype",
    [Object.create(withoutPrototype({ hasOwnProperty: 1 }))],
    "payload[0]",
  ],
  [
    "an object that inherits from a fake Object.prototype with a constructor",
    Object.create(withoutPrototype({ hasOwnProperty: 1, constructor: Object })),
    "payload",
  ],
  ["an array that inherits from an object", { ids: Object.setPrototypeOf([1], { id: 7 }) }, "payload.ids"],
  ["a key that is a number", { 7: { "due-date": 1n } }, 'payload["7"]["due-date"]'],
])("%s is rejected with its path", async (_, payload, path) => {
  const error = await failureOf(echo(payload).execute());
  expect(error).toBeInstanceOf(PayloadNotSerializableError);
  expect(error).toMatchObject({ code: "PAYLOAD_NOT_SERIALIZABLE", path });
  expect(error.message).toMatch(/which plain JSON cannot represent: .+\. (Push|Leave|Use) .+\.$/);
  expect(error.message.startsWith(`the payload of "echo" cannot be sent: ${path} is `)).toBe(true);
});

test.each<[string, unknown, string]>([
  [
    "a Date",
    new Date(0),
    "Push a string, add an `input` schema such as z.coerce.date(), or set the client option `serializer`",
  ],
  ["a BigInt", 5n, "Push a string, add an `input` schema such as z.coerce.bigint(), or set the client option"],
  [
    "a Map",
    new Map(),
    "Push an array of its entries ([...value]) and create the Map in the handler, or set the client option",
  ],
  [
    "a Set",
    new Set(),
    "Push an array of its entries ([...value]) and create the Set in the handler, or set the client option",
  ],
  [
    "an instance",
    new Money(),
    "Push a plain value, add an `input` schema that accepts its JSON, or set the client option",
  ],
  ["NaN", Number.NaN, "Push null or a string, or set the client option"],
  ["a function", () => 1, "Leave it out."],
  ["a cycle", cycle, "Push ids instead of references, or set the client option"],
])("the message for %s states what to do", async (_, payload, remedy) => {
  await expect(echo({ payload }).execute()).rejects.toThrow(remedy);
});

test("the message names the kind of the value", async () => {
  await expect(echo({ due: new Date(0) }).execute()).rejects.toThrow("payload.due is a Date, which");
  await expect(echo({ price: new Money() }).execute()).rejects.toThrow("payload.price is an instance of Money, which");
  await expect(echo(Object.create({ id: 7 })).execute()).rejects.toThrow(
    "payload is an object that inherits from another",
  );
  await expect(echo({ total: 1n }).execute()).rejects.toThrow("payload.total is a BigInt, which");
});

test("a payload that is nested too deeply for the stack is rejected", async () => {
  let deep: unknown = 1;
  for (let depth = 0; depth < 100_000; depth++) deep = [deep];
  await expect(echo(deep).execute()).rejects.toThrow(
    'the payload of "echo" cannot be sent: it is nested too deeply for JSON',
  );
});

test.each<[string, unknown, unknown]>([
  ["null", null, null],
  ["a string", "x", "x"],
  ["a lone surrogate", "\ud800", "\ud800"],
  ["a property that is undefined, which is left out", { a: 1, b: undefined }, { a: 1 }],
  ["-0", { zero: -0, list: [-0, 0, 1] }, { zero: -0, list: [-0, 0, 1] }],
  ["-0 at the root", -0, -0],
  ["an object without a prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ["an object of another realm", runInNewContext("({ a: [1, { b: 2 }] })"), { a: [1, { b: 2 }] }],
  ["an array of another realm", runInNewContext("[[1], { a: 2 }]"), [[1], { a: 2 }]],
  ["one object in two places", { a: shared, b: shared }, { a: { x: 1 }, b: { x: 1 } }],
  ["a property named constructor", { constructor: "x", toJSON: "y" }, { constructor: "x", toJSON: "y" }],
])("%s is accepted", async (_, payload, arrives) => {
  expect(await echo(payload).execute()).toStrictEqual(arrives);
});

test("a task without a payload has the payload undefined", async () => {
  expect(await echo().execute()).toBeUndefined();
});

test("any JSON value is equal after a round trip", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const { text } = strictJson(value);
      expect(JSON.parse(String(text))).toStrictEqual(asJson(value));
    }),
  );
});

test("any value is equal after a round trip, or is rejected", () => {
  const anything = fc.anything({
    maxDepth: 3,
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
  });
  fc.assert(
    fc.property(anything, (value) => {
      const written = attempt(value);
      const arrives = written instanceof PayloadNotSerializableError ? "rejected" : read(written);
      const expected = written instanceof PayloadNotSerializableError ? "rejected" : asJson(value);
      expect(arrives).toStrictEqual(expected);
    }),
    { numRuns: 1_000 },
  );
});

function attempt(value: unknown): string | undefined | unknown {
  try {
    return strictJson(value).text;
  } catch (error) {
    return error;
  }
}

function read(text: unknown): unknown {
  return text === undefined ? undefined : JSON.parse(String(text));
}

/** Applies the documented changes: undefined properties are omitted, a null prototype becomes Object.prototype. */
function asJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJson);
  const prototype: unknown = typeof value === "object" && value !== null ? Object.getPrototypeOf(value) : undefined;
  if (prototype !== null && prototype !== Object.prototype) return value;
  const kept = Object.entries(value as object).filter(([, child]) => child !== undefined);
  return Object.fromEntries(kept.map(([key, child]) => [key, asJson(child)]));
}
