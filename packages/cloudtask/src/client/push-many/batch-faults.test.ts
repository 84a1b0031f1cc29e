import { expect, test } from "vitest";
import {
  type Answer,
  type ApiRequest,
  apiServer,
  bodyOf,
  clientOf,
  created,
  failing,
  hangUp,
  operationOf,
  refusal,
  tasksIn,
} from "../../../test/support/api-server.ts";
import { failureOf } from "../../../test/support/failure.ts";
import type { PushManyError } from "../../index.ts";

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const _payloadsIn = (request: ApiRequest): number[] => tasksIn(request).map((task) => bodyOf(task).payload);
const _sizes = (requests: readonly ApiRequest[]): number[] => requests.map((request) => tasksIn(request).length);
const isBatch = ({ path }: ApiRequest): boolean => path.endsWith("/tasks:batchCreate");

test("a batch that fails for each task, without a response, fails each task", async () => {
  const client = clientOf(await apiServer(failing(() => ({ code: 5, message: "Queue does not exist." }))));
  const tasks = range(3).map(client.task("t", (_: number) => undefined));
  const error = await failureOf<PushManyError>(client.pushMany(tasks));
  expect(error.results).toMatchObject(
    tasks.map(() => ({ status: "failed", error: { status: "NOT_FOUND" }, mayExist: false })),
  );
  expect(error.message).toMatch(
    /The first error: Could not push "t" to projects\/p\/locations\/l\/queues\/default: 404 NOT_FOUND: Queue does not exist\. Start the emulator with this queue/,
  );
});

test("the message of a failed task contains no secret", async () => {
  const secret = "very-secret-value";
  const client = clientOf(await apiServer(failing(() => ({ code: 3, message: `invalid header ${secret}` }))), {
    secret,
  });
  const error = await failureOf<PushManyError>(client.pushMany([client.task("t", () => undefined)()]));
  expect(error.results).toMatchObject([{ error: { apiMessage: "invalid header [secret]" } }]);
  expect(error.message).not.toContain(secret);
});

const page: Answer = (outgoing) =>
  outgoing.writeHead(404, { "Content-Type": "text/html" }).end("<html>not found</html>");

test.each<{ what: string; answer: Answer; remembers: boolean }>([
  { what: "404 with a page", answer: page, remembers: true },
  { what: "404 NOT_FOUND", answer: refusal(404, "NOT_FOUND"), remembers: true },
  { what: "405", answer: refusal(405, "INVALID_ARGUMENT"), remembers: true },
  { what: "501 UNIMPLEMENTED", answer: refusal(501, "UNIMPLEMENTED"), remembers: true },
  { what: "403 PERMISSION_DENIED", answer: refusal(403, "PERMISSION_DENIED"), remembers: true },
  { what: "400 INVALID_ARGUMENT", answer: refusal(400, "INVALID_ARGUMENT"), remembers: false },
  { what: "413", answer: refusal(413, "INVALID_ARGUMENT"), remembers: false },
])("if a batch is answered with $what, its tasks are created one by one", async ({ answer, remembers }) => {
  const api = await apiServer((outgoing, request) => (isBatch(request) ? answer : created)(outgoing, request));
  const client = clientOf(api);
  const task = client.task("t", (_: number) => undefined);
  const results = await client.pushMany(range(3).map(task));
  expect(results.map(({ result }) => result.deduplicated)).toEqual([false, false, false]);
  await client.pushMany(range(3).map(task));
  expect(api.requests.filter(isBatch)).toHaveLength(remembers ? 1 : 2);
  expect(api.requests.filter((request) => !isBatch(request))).toHaveLength(6);
});

test("a missing permission for one queue does not turn off the batches of other queues", async () => {
  const api = await apiServer((outgoing, request) => {
    const isDenied = isBatch(request) && request.path.includes("/queues/a/");
    (isDenied ? refusal(403, "PERMISSION_DENIED") : created)(outgoing, request);
  });
  const client = clientOf(api);
  const task = client.task("t", (_: number) => undefined);
  for (const queue of ["a", "a", "b"]) await client.pushMany(range(2).map(task), { push: { queue } });
  const batches = api.requests.filter(isBatch).map(({ path }) => path.split("/").at(-2));
  expect(batches).toEqual(["a", "b"]);
});

test("if creates are not permitted either, each task has the error of its create, and batches stay on", async () => {
  const api = await apiServer(refusal(403, "PERMISSION_DENIED", "no"));
  const client = clientOf(api);
  const task = client.task("t", (_: number) => undefined);
  const error = await failureOf<PushManyError>(client.pushMany(range(2).map(task)));
  expect(error.results).toMatchObject([
    { error: { status: "PERMISSION_DENIED" }, mayExist: false },
    { mayExist: false },
  ]);
  expect(error.message).toMatch(/Could not push "t" to .+ The caller requires roles\/cloudtasks\.enqueuer/);
  await failureOf(client.pushMany(range(2).map(task)));
  expect(api.requests.filter(isBatch)).toHaveLength(2);
});

test.each<{ what: string; answers: Answer[]; mayExist: boolean }>([
  { what: "401", answers: [refusal(401, "UNAUTHENTICATED")], mayExist: false },
  { what: "429 until the end", answers: [refusal(429, "RESOURCE_EXHAUSTED")], mayExist: false },
  { what: "503 until the end", answers: [refusal(503, "UNAVAILABLE")], mayExist: true },
  { what: "no answer", answers: [hangUp], mayExist: true },
  { what: "a result for other tasks", answers: [resultOf([{ name: "a" }])], mayExist: true },
  { what: "a result without tasks", answers: [resultOf([])], mayExist: true },
  {
    what: "a result with an error",
    answers: [resultOf(undefined, { error: { code: 3, message: "no" } })],
    mayExist: false,
  },
])("after $what the tasks may exist: $mayExist, and no create follows", async ({ answers, mayExist }) => {
  const api = await apiServer(...answers);
  const client = clientOf(api, { apiRetry: { minDelay: 1, maxDelay: 2, totalTimeout: "100ms" } });
  const tasks = range(2).map(client.task("t", (_: number) => undefined));
  const error = await failureOf<PushManyError>(client.pushMany(tasks));
  expect(error.results.map((result) => result.status === "failed" && result.mayExist)).toEqual([mayExist, mayExist]);
  expect(api.requests.filter((request) => request.method === "POST" && !isBatch(request))).toEqual([]);
});

/** Answers a batch with the result of an operation. */
function resultOf(tasks: readonly object[] | undefined, fields: object = {}): Answer {
  return (outgoing, request) => {
    const operation = operationOf(request, { ...fields, response: tasks && { tasks } });
    outgoing.end(JSON.stringify(operation));
  };
}

test("a batch whose answer is lost is sent again under its id, and its operation has the result", async () => {
  let operation = {};
  const repeated: Answer = (outgoing, request) => {
    const message = `Duplicate operation id in the batch request: ${JSON.parse(request.text).requestId}`;
    refusal(400, "INVALID_ARGUMENT", message)(outgoing, request);
  };
  const acts: Answer = (outgoing, request) => {
    operation = operationOf(request, { response: { tasks: [{ name: "n/tasks/1" }, { name: "n/tasks/2" }] } });
    hangUp(outgoing, request);
  };
  const api = await apiServer(acts, repeated, (outgoing) => outgoing.end(JSON.stringify(operation)));
  const client = clientOf(api);
  const results = await client.pushMany(range(2).map(client.task("t", (_: number) => undefined)));
  expect(results.map(({ result }) => result.id)).toEqual(["1", "2"]);
  const { requestId } = JSON.parse(api.requests[0]?.text ?? "");
  expect(api.requests.map(({ method, path }) => [method, path.split("/").at(-1)])).toEqual([
    ["POST", "tasks:batchCreate"],
    ["POST", "tasks:batchCreate"],
    ["GET", requestId],
  ]);
});

test("an operation that is not done is read until it is", async () => {
  let first: ApiRequest | undefined;
  const running: Answer = (outgoing, request) => {
    first ??= request;
    outgoing.end(JSON.stringify({ ...operationOf(first), done: undefined }));
  };
  const done: Answer = (outgoing) => {
    outgoing.end(JSON.stringify(first && operationOf(first, { response: { tasks: [{ name: "n/tasks/7" }] } })));
  };
  const api = await apiServer(running, running, done);
  const client = clientOf(api);
  const [pushed] = await client.pushMany([client.task("t", () => undefined)()]);
  expect(pushed?.result.id).toBe("7");
  expect(api.requests.map(({ method }) => method)).toEqual(["POST", "GET", "GET"]);
});
