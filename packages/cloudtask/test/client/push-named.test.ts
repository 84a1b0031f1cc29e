import { expect, test } from "vitest";
import { ApiError } from "../../src/index.ts";
import { type Answer, apiServer, clientOf, created, hangUp, refusal, taken, taskAt } from "../support/api-server.ts";
import { failureOf } from "../support/failure.ts";

const QUEUE = "projects/p/locations/l/queues/default";

test("a free name creates a task with a hashed id", async () => {
  const api = await apiServer();
  const result = await clientOf(api)
    .task("t", () => undefined)()
    .push({ name: "welcome user 123" });
  expect(result).toMatchObject({ queue: "default", deduplicated: false });
  expect(result.id).toMatch(/^[0-9a-f]{16}-welcome-user-123$/);
  expect(result.name).toBe(`${QUEUE}/tasks/${result.id}`);
  expect(taskAt(api).name).toBe(result.name);
});

test("a taken name resolves with deduplicated: true and the name of the existing task", async () => {
  const api = await apiServer(created, taken);
  const task = clientOf(api).task("t", () => undefined);
  const first = await task().push({ name: "user-1" });
  const at = new Date(Date.now() + 60_000);
  const second = await task().push({ name: "user-1", at });
  expect(second).toEqual({ name: first.name, id: first.id, queue: "default", scheduleTime: at, deduplicated: true });
});

test("a name taken at the second attempt is a duplicate if the first had no effect: a quota was exceeded", async () => {
  const api = await apiServer(refusal(429, "RESOURCE_EXHAUSTED"), taken);
  const result = await clientOf(api)
    .task("t", () => undefined)()
    .push({ name: "user-1" });
  expect(result.deduplicated).toBe(true);
  expect(api.requests).toHaveLength(2);
  expect(taskAt(api, 1)).toEqual(taskAt(api, 0));
});

/** The answer of GetTask for a task of this age. */
function aged(ms: number): Answer {
  const createTime = new Date(Math.floor((Date.now() - ms) / 1000) * 1000).toISOString();
  return (outgoing) => outgoing.end(JSON.stringify({ name: "n", createTime }));
}

test.each<{ readonly what: string; readonly first: Answer; readonly found: Answer; readonly deduplicated: boolean }>([
  { what: "made now", first: refusal(503, "UNAVAILABLE"), found: aged(0), deduplicated: false },
  { what: "made now, by a clock behind ours", first: hangUp, found: aged(3_000), deduplicated: false },
  { what: "made now, by a clock before ours", first: hangUp, found: aged(-60_000), deduplicated: false },
  { what: "made long ago", first: refusal(503, "UNAVAILABLE"), found: aged(60_000), deduplicated: true },
  { what: "made before, whose connection broke", first: hangUp, found: aged(7_000), deduplicated: true },
  { what: "done already", first: hangUp, found: refusal(404, "NOT_FOUND"), deduplicated: false },
  { what: "not to be read", first: hangUp, found: refusal(403, "PERMISSION_DENIED"), deduplicated: false },
  { what: "not readable", first: hangUp, found: refusal(503, "UNAVAILABLE"), deduplicated: false },
  { what: "returned without its age", first: hangUp, found: (outgoing) => outgoing.end("{}"), deduplicated: false },
])(
  "a name taken after an unclear attempt, by a task that is $what: deduplicated is $deduplicated",
  async ({ first, found, deduplicated }) => {
    const api = await apiServer(first, taken, found);
    const result = await clientOf(api)
      .task("t", () => undefined)()
      .push({ name: "user-1" });
    expect(result.deduplicated).toBe(deduplicated);
    expect(taskAt(api, 1)).toEqual(taskAt(api, 0));
    expect(api.requests.slice(2).map(({ method, path }) => [method, path])).toEqual([["GET", `/v2/${result.name}`]]);
  },
);

test("a name set on the task is used by the push", async () => {
  const api = await apiServer();
  const define = clientOf(api).task("t", () => undefined);
  const [one, other] = [define(), define()];
  one.name = "user-1";
  await one.push();
  await one.push({ name: undefined });
  await other.push({ name: "user-1" });
  await one.push({ name: "user-2" });
  const ids = api.requests.map((_, index) => taskAt(api, index).name?.slice(-6));
  expect(ids).toEqual(["user-1", "user-1", "user-1", "user-2"]);
  expect(taskAt(api, 2).name).toBe(taskAt(api, 0).name);
});

test("the same name in two definitions creates two tasks", async () => {
  const api = await apiServer();
  const client = clientOf(api);
  await client
    .task("email", () => undefined)()
    .push({ name: "user-1" });
  await client
    .task("sms", () => undefined)()
    .push({ name: "user-1" });
  expect(taskAt(api, 0).name).not.toBe(taskAt(api, 1).name);
});

test.each(["default", "high"])("with forceToQueue, path, name and queue agree, for the queue %s too", async (queue) => {
  const api = await apiServer();
  const task = clientOf(api, { forceToQueue: "staging" }).task("t", { queue, run: () => undefined });
  const named = await task().push({ name: "user-1", queue: "now" });
  const unnamed = await task().push();
  expect(api.requests.map(({ path }) => path)).toEqual(
    [1, 2].map(() => "/v2/projects/p/locations/l/queues/staging/tasks"),
  );
  expect(taskAt(api).name).toBe(`projects/p/locations/l/queues/staging/tasks/${named.id}`);
  expect(taskAt(api, 1)).not.toHaveProperty("name");
  expect([named.queue, unnamed.queue]).toEqual(["staging", "staging"]);
});

test("without a name, a retry can create a second task: at least once", async () => {
  const api = await apiServer(hangUp, created);
  await clientOf(api)
    .task("t", () => undefined)()
    .push();
  expect([taskAt(api, 0), taskAt(api, 1)].map(({ name }) => name)).toEqual([undefined, undefined]);
});

test.each([
  ["on the client", { idempotent: true }, {}, {}],
  ["on the definition", {}, { idempotent: true }, {}],
  ["on the push", {}, {}, { idempotent: true }],
])(
  "idempotent %s: a retry finds the task of the earlier attempt, which is no duplicate",
  async (_, client, task, push) => {
    const api = await apiServer(hangUp, taken);
    const definition = clientOf(api, client).task("t", { ...task, run: () => undefined });
    const result = await definition().push(push);
    expect(taskAt(api).name).toMatch(/\/tasks\/[0-9a-f-]{36}$/);
    expect(taskAt(api, 1).name).toBe(taskAt(api).name);
    expect(result).toMatchObject({ name: taskAt(api).name, deduplicated: false });
    expect(api.requests).toHaveLength(2);
  },
);

test("each idempotent push of one task creates a task", async () => {
  const api = await apiServer();
  const task = clientOf(api, { idempotent: true }).task("t", () => undefined)();
  await task.push();
  await task.push();
  expect(taskAt(api, 0).name).not.toBe(taskAt(api, 1).name);
});

test("a push's idempotent overrides the definition's, which overrides the client's", async () => {
  const api = await apiServer();
  const task = clientOf(api, { idempotent: true }).task("t", { idempotent: false, run: () => undefined });
  await task().push();
  await task().push({ idempotent: true });
  await task().push({ idempotent: true, name: "user-1" });
  const names = api.requests.map((_, index) => taskAt(api, index).name ?? "none");
  expect(names).toEqual(["none", expect.stringMatching(/[0-9a-f-]{36}$/), expect.stringMatching(/-user-1$/)]);
});

test("ALREADY_EXISTS for an unnamed task is an error", async () => {
  const api = await apiServer(taken);
  const error = await failureOf(
    clientOf(api)
      .task("t", () => undefined)()
      .push(),
  );
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status: "ALREADY_EXISTS", httpStatus: 409 });
});

test("an ABORTED answer does not count as a duplicate", async () => {
  const api = await apiServer(refusal(409, "ABORTED"), created);
  const result = await clientOf(api)
    .task("t", () => undefined)()
    .push({ name: "user-1" });
  expect(result.deduplicated).toBe(false);
  expect(api.requests).toHaveLength(2);
});
