import { expect, test } from "vitest";
import {
  type Answer,
  apiServer,
  bodyOf,
  clientOf,
  created,
  failing,
  hangUp,
  taken,
  tasksIn,
  tasksOf,
} from "../../../test/support/api-server.ts";
import { failureOf } from "../../../test/support/failure.ts";
import { DeferredPushError } from "../../index.ts";

/** Defers three pushes, without retries. The API gives these answers in order; later answers are those of retry(). */
async function deferThree(...answers: readonly Answer[]) {
  const api = await apiServer(...answers);
  const client = clientOf(api, { apiRetry: { totalTimeout: 0 } });
  const task = client.task("t", (_: number) => undefined);
  const error = await failureOf<DeferredPushError>(
    client.deferPushes(async () => {
      for (const payload of [1, 2, 3]) await task(payload).push();
      return "committed";
    }),
  );
  const names = () => tasksOf(api).map(({ name }) => name);
  return { api, client, error, names };
}

test("if some cannot be sent after the commit, all are tried, and the error has the results and the callback's value", async () => {
  const secondFails = failing((task) => (bodyOf(task).payload === 2 ? { code: 5, message: "no queue" } : undefined));
  const { api, error } = await deferThree(secondFails);
  expect(tasksOf(api)).toHaveLength(3);
  expect(error).toBeInstanceOf(DeferredPushError);
  expect(error).toMatchObject({
    name: "DeferredPushError",
    code: "DEFERRED_PUSH_FAILED",
    failed: 1,
    value: "committed",
  });
  expect(error.results).toMatchObject([
    { status: "pushed" },
    { status: "failed", mayExist: false, error: { status: "NOT_FOUND" } },
    { status: "pushed" },
  ]);
  expect(error.results.map(({ task }) => task.payload)).toEqual([1, 2, 3]);
  expect(error.message).toMatch(
    /^client.deferPushes\(\) succeeded, but 1 of its 3 tasks were not confirmed. retry\(\) of this error sends them again/,
  );
  expect(error.message).toContain((error.cause as Error).message);
});

test("retry() sends the missing tasks under the same ids until all exist", async () => {
  const { error, names } = await deferThree(hangUp, hangUp, hangUp, hangUp, created);
  expect(error.results).toMatchObject([{ mayExist: true }, { mayExist: true }, { mayExist: true }]);
  const again = await failureOf<DeferredPushError>(error.retry());
  expect(again).toMatchObject({ code: "DEFERRED_PUSH_FAILED", failed: 3, value: "committed" });
  const results = await again.retry();
  expect(results.map(({ status }) => status)).toEqual(["pushed", "pushed", "pushed"]);
  expect(results.map(({ result }) => result.deduplicated)).toEqual([false, false, false]);
  expect(results.map(({ result }) => result.name).toSorted()).toEqual([...new Set(names())].toSorted());
  expect(names()).toHaveLength(9);
});

test("a named task created by an earlier attempt of the same push is no duplicate, even if retry() is called later", async () => {
  const old = new Date(Date.now() - 1_000).toISOString();
  const api = await apiServer(hangUp, taken, (outgoing) =>
    outgoing.end(JSON.stringify({ name: "n", createTime: old })),
  );
  const client = clientOf(api, { apiRetry: { totalTimeout: 0 } });
  const task = client.task("t", () => undefined);
  const error = await failureOf<DeferredPushError>(client.deferPushes(() => task().push({ name: "n" })));
  const [result] = await error.retry();
  expect(result?.result.deduplicated).toBe(false);
  expect(api.requests.map(({ method }) => method)).toEqual(["POST", "POST", "GET"]);
});

test("deferred pushes are sent in batches", async () => {
  const api = await apiServer();
  const client = clientOf(api);
  const task = client.task("t", (_: number) => undefined);
  await client.deferPushes(() => client.pushMany(Array.from({ length: 200 }, (_, index) => task(index))));
  expect(api.requests.map((request) => tasksIn(request).length)).toEqual([100, 100]);
});

test("if the client was closed meanwhile, the deferred pushes fail", async () => {
  const api = await apiServer();
  const client = clientOf(api);
  const task = client.task("t", () => undefined);
  const error = await failureOf<DeferredPushError>(
    client.deferPushes(async () => {
      await task().push();
      await client.close();
    }),
  );
  expect(error).toMatchObject({ code: "DEFERRED_PUSH_FAILED", failed: 1, cause: { code: "CLIENT_CLOSED" } });
});
