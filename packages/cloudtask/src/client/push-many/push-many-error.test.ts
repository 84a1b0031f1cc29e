import { expect, expectTypeOf, test } from "vitest";
import {
  type Answer,
  apiServer,
  clientOf,
  closedPort,
  created,
  hangUp,
  listen,
  refusal,
  silence,
} from "../../../test/support/api-server.ts";
import { failureOf } from "../../../test/support/failure.ts";
import {
  type ClientOptions,
  type FailedTask,
  PushManyError,
  type PushManyResult,
  type Transport,
} from "../../index.ts";

const once = { apiRetry: { totalTimeout: 0 } } as const;
const unavailable = refusal(503, "UNAVAILABLE");

async function pushTo(host: string, payload: unknown, options: Partial<ClientOptions> = once): Promise<PushManyError> {
  const client = clientOf({ host }, options);
  return failureOf<PushManyError>(client.pushMany([client.task("t", (_: unknown) => undefined)(payload)]));
}

test.each<{ what: string; answers: Answer[]; payload?: unknown; options?: Partial<ClientOptions>; mayExist: boolean }>([
  { what: "a broken connection", answers: [hangUp], mayExist: true },
  { what: "no answer in time", answers: [silence], options: { ...once, apiTimeout: "50ms" }, mayExist: true },
  { what: "a server error", answers: [unavailable], mayExist: true },
  { what: "a success that cannot be read", answers: [(outgoing) => outgoing.end("<html>")], mayExist: true },
  { what: "a refusal", answers: [refusal(403, "PERMISSION_DENIED")], mayExist: false },
  { what: "a quota", answers: [refusal(429, "RESOURCE_EXHAUSTED")], mayExist: false },
  {
    what: "a server error, and an error answer to the second attempt",
    answers: [unavailable, refusal(403, "PERMISSION_DENIED")],
    options: {},
    mayExist: true,
  },
  { what: "an invalid payload", answers: [created], payload: 1n, mayExist: false },
  { what: "a task that is too large", answers: [created], payload: "x".repeat(1_100_000), mayExist: false },
])("after $what the task may exist: $mayExist", async ({ answers, payload, options, mayExist }) => {
  const error = await pushTo((await apiServer(...answers)).host, payload, options);
  expect(error.results).toMatchObject([{ status: "failed", mayExist }]);
});

test("if nothing listens at the address, no task exists", async () => {
  expect((await pushTo(await closedPort(), 1)).results).toMatchObject([{ status: "failed", mayExist: false }]);
});

test.each([
  ["rejects with a value that is not an Error", async () => Promise.reject("gone"), true],
  ["returns an answer without a body", async () => ({ body: null, attempts: 1 }), true],
])("with a custom transport that %s, mayExist is true", async (_, call, mayExist) => {
  const transport: Transport = { call, close: async () => undefined };
  expect((await pushTo("unused:1", 1, { transport, apiRetry: undefined })).results).toMatchObject([{ mayExist }]);
});

test("after an abort, tasks that were being pushed may exist, the others do not, and the message counts them", async () => {
  const controller = new AbortController();
  const api = await apiServer(created, () => controller.abort());
  const client = clientOf(api);
  const tasks = [1, 2, 3, 4].map(client.task("t", (_: number) => undefined));
  const error = await failureOf<PushManyError>(
    client.pushMany(tasks, { batch: false, concurrency: 1, signal: controller.signal }),
  );
  expect(error.results.map((result) => result.status === "failed" && result.mayExist)).toEqual([
    false,
    true,
    false,
    false,
  ]);
  expect(error.message).toMatch(
    /^3 of 4 tasks were not confirmed\. 1 of them may exist: if you push those again, they can run twice, unless they are named\. The first error: Could not push "t"/,
  );
});

test("a push aborted before anything is sent creates no task", async () => {
  const controller = new AbortController();
  const api = await apiServer();
  const input = { "~standard": { version: 1, vendor: "own", validate: check } } as const;
  const client = clientOf(api);
  function check(value: unknown): { readonly value: unknown } {
    controller.abort();
    return { value };
  }
  const task = client.task("t", { input, run: () => undefined });
  const error = await failureOf<PushManyError>(client.pushMany([task(1)], { signal: controller.signal }));
  expect(error.results).toMatchObject([{ error: { code: "ABORTED" }, mayExist: false }]);
  expect(api.requests).toEqual([]);
});

test.each<[string, () => Promise<string>, boolean]>([
  ["answers with a failure", () => listen((_, outgoing) => outgoing.writeHead(500).end()), false],
  ["breaks the connection", () => listen(({ socket }) => socket.destroy()), true],
  ["is not there", closedPort, false],
])(
  "eager remote: if the worker %s, mayExist states whether it may have run the task",
  async (_, workerAt, mayExist) => {
    const client = clientOf(undefined, { eager: "remote", url: `http://${await workerAt()}/` });
    const error = await failureOf<PushManyError>(client.pushMany([client.task("t", () => undefined)()]));
    expect(error.results).toMatchObject([{ status: "failed", mayExist }]);
  },
);

test("the error of another push, thrown by a handler in eager mode, does not affect mayExist", async () => {
  const other = clientOf(await apiServer(hangUp), once).task("other", () => undefined);
  const client = clientOf(undefined, { eager: "immediate" });
  const task = client.task("t", () => other().push());
  const error = await failureOf<PushManyError>(client.pushMany([task()]));
  expect(error.results).toMatchObject([{ error: { code: "NETWORK_ERROR" }, mayExist: false }]);
});

test("after instanceof, the results are typed", async () => {
  const error: unknown = await pushTo(await closedPort(), 1);
  expect(error).toBeInstanceOf(PushManyError);
  const failed = (thrown: unknown) => (thrown instanceof PushManyError ? thrown.results : []);
  expectTypeOf(failed).returns.toEqualTypeOf<readonly PushManyResult[]>();
  expectTypeOf<Extract<PushManyResult, { status: "failed" }>>().toEqualTypeOf<FailedTask>();
  expect(failed(error)).toHaveLength(1);
});
