import { expect, expectTypeOf, test, vi } from "vitest";
import {
  type AnyCloudTaskError,
  CloudTaskClient,
  CloudTaskError,
  type CloudTaskErrorCode,
  createWorker,
  isCloudTaskError,
  type LimitError,
  NonRetriableError,
  type PushManyError,
  type StandardSchema,
} from "../src/index.ts";
import { deliveryOf } from "./support/deliveries.ts";

// A bundled workspace package has its own copy of the library, and so its own classes.
vi.resetModules();
const other = await import("../src/index.ts");

/** Delivers a task whose handler throws this error. */
function answerTo(error: Error): Promise<Response> {
  const client = new CloudTaskClient({ url: "https://worker.test/tasks/run" });
  client.task("fail", () => Promise.reject(error));
  return createWorker(client, { allowUnauthenticated: true }).fetch(deliveryOf({ task: "fail" }));
}

test("the two copies have different classes", () => {
  expect(other.NonRetriableError).not.toBe(NonRetriableError);
  expect(new other.NonRetriableError("no such order")).not.toBeInstanceOf(CloudTaskError);
});

test("a NonRetriableError of another copy discards the delivery", async () => {
  const response = await answerTo(new other.NonRetriableError("no such order"));
  expect(response.status).toBe(200);
  expect(response.headers.get("CloudTask-Outcome")).toBe("discarded");
  expect(await response.json()).toMatchObject({ status: "discarded", reason: "non-retriable" });
});

test("a subclass of another copy's NonRetriableError discards the delivery", async () => {
  class OrderMissing extends other.NonRetriableError {}
  expect((await answerTo(new OrderMissing("no such order"))).status).toBe(200);
});

test("a RetryAfterError of another copy keeps its Retry-After", async () => {
  const response = await answerTo(new other.RetryAfterError("10m"));
  expect(response.status).toBe(500);
  expect(response.headers.get("Retry-After")).toBe("600");
});

test("a schema that throws a PayloadInvalidError of another copy discards the delivery", async () => {
  const input: StandardSchema<number> = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: () => {
        throw new other.PayloadInvalidError("no number", [{ path: "payload", message: "no number" }]);
      },
    },
  };
  const client = new CloudTaskClient({ url: "https://worker.test/tasks/run" });
  client.task("count", { input, run: () => expect.unreachable() });
  const worker = createWorker(client, { allowUnauthenticated: true });
  const response = await worker.fetch(deliveryOf({ task: "count", payload: "three" }));
  expect(await response.json()).toMatchObject({ status: "discarded", reason: "invalid-payload" });
});

test("an ApiError of another copy, thrown by a transport, marks a push as deduplicated", async () => {
  const call = (): Promise<never> =>
    Promise.reject(
      new other.ApiError("taken", { status: "ALREADY_EXISTS", httpStatus: 409, apiMessage: "already exists" }),
    );
  const client = new CloudTaskClient({
    url: "https://worker.test/tasks/run",
    project: "p",
    location: "l",
    transport: { call, close: async () => undefined },
  });
  const count = client.task("count", () => undefined);
  expect(await count().push({ name: "daily" })).toMatchObject({ deduplicated: true });
});

test("CloudTaskError.from() returns an error of another copy unchanged", () => {
  const error = new other.TimeoutError("too slow", 1_000);
  expect(CloudTaskError.from(error)).toBe(error);
});

test.each([
  ["an error of another copy", true, new other.NonRetriableError("no")],
  ["an error of this copy", true, new NonRetriableError("no")],
  ["another error with a code", false, Object.assign(new Error("no"), { code: "NON_RETRIABLE" })],
  ["null", false, null],
  ["a string", false, "NON_RETRIABLE"],
])("for %s isCloudTaskError() returns %s", (_, expected, error) => {
  expect(isCloudTaskError(error)).toBe(expected);
});

test("the brand of an error is not enumerable", () => {
  const error = new NonRetriableError("no");
  expect(Reflect.ownKeys({ ...error })).toEqual(Reflect.ownKeys({ name: error.name, code: error.code }));
});

test("the code selects the type of an error", () => {
  expectTypeOf<AnyCloudTaskError["code"]>().toEqualTypeOf<CloudTaskErrorCode>();
  expectTypeOf<AnyCloudTaskError>().toExtend<CloudTaskError>();
  const narrow = (error: AnyCloudTaskError) => {
    switch (error.code) {
      case "LIMIT_EXCEEDED":
        return expectTypeOf(error).toEqualTypeOf<LimitError>();
      case "PUSH_MANY_FAILED":
        return expectTypeOf(error).toEqualTypeOf<PushManyError>();
      case "ABORTED":
        return expectTypeOf(error.code).toEqualTypeOf<"ABORTED">();
      default:
        // @ts-expect-error there is no such field for the other codes
        return error.limit;
    }
  };
  expect(narrow).toBeTypeOf("function");
});
