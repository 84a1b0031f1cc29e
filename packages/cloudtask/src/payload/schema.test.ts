import { type } from "arktype";
import * as v from "valibot";
import { expect, test } from "vitest";
import { z } from "zod";
import { apiServer, bodyAt, clientOf } from "../../test/support/api-server.ts";
import { deliveryOf } from "../../test/support/deliveries.ts";
import { failureOf } from "../../test/support/failure.ts";
import { createWorker, PayloadInvalidError, type StandardSchema } from "../index.ts";

/** Keeps its state where JSON cannot see it. */
class Secretive {
  readonly #value = 1;
  get value(): number {
    return this.#value;
  }
}

/** An entity, as an ORM or a framework creates it: its fields are the payload. */
class Order {
  readonly placed = new Date(0);
  readonly total = 5n;
  readonly id: number;
  constructor(id: number) {
    this.id = id;
    Object.defineProperty(this, Symbol("metadata"), { value: "of the ORM", enumerable: true });
  }
  get isLarge(): boolean {
    return this.total > 100n;
  }
}

interface OrderInput {
  readonly id: number;
  readonly due: Date | string;
}
type OrderSchema = StandardSchema<OrderInput, { readonly id: number; readonly due: Date }>;

const dateOf = (value: Date | string): Date => new Date(value);
const LIBRARIES: readonly (readonly [string, OrderSchema])[] = [
  ["zod", z.object({ id: z.number(), due: z.union([z.string(), z.date()]).transform(dateOf) })],
  ["zod, async", z.object({ id: z.number().refine(async (id) => id > 0), due: z.coerce.date<Date | string>() })],
  ["valibot", v.object({ id: v.number(), due: v.pipe(v.union([v.string(), v.date()]), v.transform(dateOf)) })],
  [
    "valibot, async",
    v.objectAsync({
      id: v.pipeAsync(
        v.number(),
        v.checkAsync(async (id) => id > 0),
      ),
      due: v.pipe(v.union([v.string(), v.date()]), v.transform(dateOf)),
    }),
  ],
  ["arktype", type({ id: "number", due: type("string | Date").pipe(dateOf) })],
];

test.each(LIBRARIES)(
  "%s: the body contains the schema's input, and the handler receives its output",
  async (_, input) => {
    const api = await apiServer();
    const client = clientOf(api, { secret: "s3cret-key" });
    const order = client.task("order", { input, run: ({ id, due }) => [id, due instanceof Date, due.getTime()] });

    await order({ id: 7, due: new Date("2030-01-31T09:00:00Z") }).push();
    expect(bodyAt(api)).toEqual({ task: "order", payload: { id: 7, due: "2030-01-31T09:00:00.000Z" } });

    const request = deliveryOf(bodyAt(api), { "X-CloudTask-Secret": "s3cret-key" });
    const response = await createWorker(client).fetch(request);
    expect(await response.json()).toEqual({ status: "success", result: [7, true, Date.UTC(2030, 0, 31, 9)] });
  },
);

test.each(LIBRARIES)("%s: a push rejects an invalid payload, with all issues", async (_, input) => {
  const api = await apiServer();
  const order = clientOf(api).task("order", { input, run: () => undefined });
  const error = await failureOf<PayloadInvalidError>(order({ id: "7", due: {} } as unknown as OrderInput).push());
  expect(error).toBeInstanceOf(PayloadInvalidError);
  expect(error.code).toBe("PAYLOAD_INVALID");
  const [due, id] = error.issues.toSorted((a, b) => a.path.localeCompare(b.path));
  expect([due?.path, id?.path, error.issues.length]).toEqual(["payload.due", "payload.id", 2]);
  expect(error.message).toMatch(/^the payload of "order" does not match its schema: /);
  expect(error.message).toContain(`payload.due: ${due?.message}`);
  expect(error.message).toContain(`payload.id: ${id?.message}`);
  expect(api.requests).toEqual([]);
});

test.each(LIBRARIES)("%s: the worker discards an invalid payload", async (_, input) => {
  const client = clientOf(undefined);
  client.task("order", { input, run: () => expect.unreachable() });
  const worker = createWorker(client, { allowUnauthenticated: true });
  const response = await worker.fetch(deliveryOf({ task: "order", payload: { id: 7 } }));
  expect(response.headers.get("CloudTask-Outcome")).toBe("discarded");
  expect(await response.json()).toMatchObject({ status: "discarded", reason: "invalid-payload" });
});

test("a schema that accepts only a Date rejects every push, because JSON turns it into a string", async () => {
  const task = clientOf(undefined).task("t", { input: z.object({ due: z.date() }), run: () => undefined });
  await expect(task({ due: new Date(0) }).push()).rejects.toThrow(
    'the payload of "t" (as received: JSON turns a Date into a string, which z.coerce.date() converts back) does not match ' +
      "its schema: payload.due: ",
  );
});

test("a push validates the payload as it will be received, without undefined properties", async () => {
  const input = v.object({ note: v.undefinedable(v.string()) });
  const task = clientOf(undefined).task("t", { input, run: () => undefined });
  await expect(task({ note: undefined }).push()).rejects.toThrow(PayloadInvalidError);
});

test.each([
  ["an invalid Date", new Date(Number.NaN), "payload.due is an invalid Date"],
  ["a toJSON that throws", { toJSON: () => new Date(Number.NaN).toISOString() }, "its toJSON() failed: Invalid time"],
  ["a toJSON that returns nothing", { toJSON: () => undefined }, "payload.due is undefined"],
  [
    "a toJSON that returns a Date, whose own toJSON JSON does not call",
    { toJSON: () => new Date(0) },
    "payload.due is a Date",
  ],
  ["a Map", new Map([[1, 2]]), "([...value]) and let the `input` schema transform it back, or set"],
  ["a Set", new Set([1]), "payload.due is an instance of Set"],
  [
    "an instance with private fields only",
    new Secretive(),
    "it would arrive as an empty object. Push a plain object, add a toJSON()",
  ],
  ["a typed array", new Uint8Array(2), "payload.due is an instance of Uint8Array"],
])("with a schema, %s is still rejected", async (_, due, message) => {
  const task = clientOf(undefined).task("t", { input: z.object({ due: z.any() }), run: () => undefined });
  const error = await failureOf(task({ due }).push());
  expect(error).toMatchObject({ code: "PAYLOAD_NOT_SERIALIZABLE", path: "payload.due" });
  expect(error.message).toContain(message);
});

test("with a schema, an instance is sent as an object with its fields, and a BigInt as a string", async () => {
  const api = await apiServer();
  const client = clientOf(api);
  const input = z.object({ id: z.number(), placed: z.coerce.date<Date | string>(), total: z.coerce.bigint<bigint>() });
  const task = client.task("t", { input, run: ({ id, placed, total }) => [id, placed.getTime(), typeof total] });
  await task(new Order(7)).push();
  expect(bodyAt(api)).toEqual({
    task: "t",
    payload: { id: 7, placed: "1970-01-01T00:00:00.000Z", total: "5" },
  });
  expect(await task(new Order(7)).execute()).toEqual([7, 0, "bigint"]);
});

test.each([
  ["a class", z.instanceof(Order), new Order(7), "JSON turns an instance of Order into a plain object with its fields"],
  ["only a BigInt", z.bigint(), 5n, "JSON turns a BigInt into a string, which z.coerce.bigint() converts back"],
])("a schema that accepts %s rejects every push, and the message says why", async (_, input, payload, reason) => {
  const task = clientOf(undefined).task("t", { input: input as StandardSchema, run: () => undefined });
  const error = await failureOf<PayloadInvalidError>(task(payload).push());
  expect(error.code).toBe("PAYLOAD_INVALID");
  expect(error.message).toContain(`the payload of "t" (as received: ${reason}`);
});

test("with a schema, the toJSON of a value is used, and the schema converts it back", async () => {
  const link = z.union([z.instanceof(URL), z.string()]).transform((value) => new URL(value));
  const task = clientOf(undefined).task("t", { input: z.object({ link }), run: (payload) => payload.link.host });
  expect(await task({ link: new URL("https://x.test/a") }).execute()).toBe("x.test");
});

test("paths contain indexes and quoted keys, and only the message shortens a long list of issues", async () => {
  const input = z.object({ "due date": z.array(z.object({ at: z.number() })) });
  const task = clientOf(undefined).task("t", { input, run: () => undefined });
  const wrong = { "due date": Array.from({ length: 5 }, () => ({ at: "x" })) } as unknown as z.input<typeof input>;
  const error = await failureOf<PayloadInvalidError>(task(wrong).push());
  expect(error.issues.map(({ path }) => path)).toEqual([0, 1, 2, 3, 4].map((at) => `payload["due date"][${at}].at`));
  expect(error.message).toMatch(/; and 2 more$/);
});

test("an error of the schema itself is not a PayloadInvalidError", async () => {
  const input = z.number().refine(() => {
    throw new Error("database is down");
  });
  const task = clientOf(undefined).task("t", { input, run: () => undefined });
  const error = await failureOf(task(1).push());
  expect(error).not.toBeInstanceOf(PayloadInvalidError);
  expect(error.message).toBe("database is down");
});

test("with a default in the schema, the payload is optional and the handler receives the default", async () => {
  const input = z.object({ limit: z.number() }).default({ limit: 10 });
  const task = clientOf(undefined).task("t", { input, run: ({ limit }) => limit });
  expect(await task().execute()).toBe(10);
  expect(await task({ limit: 3 }).execute()).toBe(3);
});
