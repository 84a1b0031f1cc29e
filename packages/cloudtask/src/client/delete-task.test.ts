import { expect, test } from "vitest";
import { apiServer, clientOf, created, hangUp, refusal } from "../../test/support/api-server.ts";
import { failureOf } from "../../test/support/failure.ts";
import { ApiError } from "../index.ts";

const NAME = "projects/p/locations/l/queues/default/tasks/t-1";
const notFound = refusal(404, "NOT_FOUND", "Requested entity was not found.");

test("the result of a push deletes its task", async () => {
  const api = await apiServer(created, (outgoing) => outgoing.end("{}"));
  const client = clientOf(api);
  const pushed = await client
    .task("t", () => undefined)()
    .push({ delay: "7d" });
  expect(await client.deleteTask(pushed)).toBe(true);
  const request = api.requests[1];
  expect([request?.method, request?.path, request?.text]).toEqual(["DELETE", `/v2/${pushed.name}`, ""]);
});

test("a task is deleted by its name, in any project and queue", async () => {
  const api = await apiServer((outgoing) => outgoing.end());
  const name = "projects/other/locations/us-central1/queues/q/tasks/1";
  expect(await clientOf(api).deleteTask(name)).toBe(true);
  expect(api.requests[0]?.path).toBe(`/v2/${name}`);
});

test("a task that no longer exists is no error", async () => {
  expect(await clientOf(await apiServer(notFound)).deleteTask(NAME)).toBe(false);
});

test("a task deleted by an earlier attempt of the same call counts as deleted", async () => {
  const api = await apiServer(hangUp, notFound);
  expect(await clientOf(api).deleteTask(NAME)).toBe(true);
  expect(api.requests).toHaveLength(2);
});

test("any other error status is an error", async () => {
  const api = await apiServer(refusal(403, "PERMISSION_DENIED", "No."));
  const error = await failureOf(clientOf(api).deleteTask(NAME));
  expect(error).toBeInstanceOf(ApiError);
  expect(error.message).toMatch(
    /^Could not delete projects\/p\/.+: 403 PERMISSION_DENIED: No\. .*roles\/cloudtasks\.taskDeleter/,
  );
});

test.each(["", "t-1", "projects/p/locations/l/queues/q", `${NAME}/more`, `/${NAME}`])(
  "%j names no task",
  async (name) => {
    const api = await apiServer();
    await expect(clientOf(api).deleteTask(name)).rejects.toThrow(
      new TypeError(`client.deleteTask(): expected projects/…/locations/…/queues/…/tasks/…, received "${name}"`),
    );
    expect(api.requests).toEqual([]);
  },
);

test.each([
  [null, {}, 'expected projects/…/locations/…/queues/…/tasks/…, received "undefined"'],
  [NAME, null, "client.deleteTask(): options must be an object, received null"],
])("%j with the options %j is rejected", async (task, options, message) => {
  const deleting = clientOf(undefined).deleteTask(task as string, options as Record<string, never>);
  const error = await failureOf(deleting);
  expect(error).toBeInstanceOf(TypeError);
  expect(error.message).toContain(message);
});

test("a signal aborts it", async () => {
  const api = await apiServer();
  const deleting = clientOf(api).deleteTask(NAME, { signal: AbortSignal.abort() });
  await expect(deleting).rejects.toMatchObject({ code: "ABORTED" });
  expect(api.requests).toEqual([]);
});
