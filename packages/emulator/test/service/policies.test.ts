import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { call, queuePath } from "../support/api.ts";

const bindings = [{ role: "roles/cloudtasks.enqueuer", members: ["user:a@example.com"] }];

test("a policy is stored and returned, with an etag that changes with it", async () => {
  await using emulator = await createEmulator({ queues: ["q"] });
  const name = queuePath(emulator, "q");
  const empty = await call(emulator, "POST", `${name}:getIamPolicy`, {});
  expect(empty).toMatchObject({ status: 200, body: { etag: expect.any(String) } });
  const set = await call(emulator, "POST", `${name}:setIamPolicy`, { policy: { version: 1, bindings } });
  expect(set.body).toEqual({ version: 1, bindings, etag: expect.any(String) });
  expect(set.body.etag).not.toBe(empty.body.etag);
  expect(await call(emulator, "POST", `${name}:getIamPolicy`, {})).toEqual(set);
});

test("a policy that was changed meanwhile is not overwritten", async () => {
  await using emulator = await createEmulator({ queues: ["q"] });
  const name = queuePath(emulator, "q");
  const { body } = await call(emulator, "POST", `${name}:getIamPolicy`, {});
  await call(emulator, "POST", `${name}:setIamPolicy`, { policy: { bindings, etag: body.etag } });
  const late = await call(emulator, "POST", `${name}:setIamPolicy`, { policy: { etag: body.etag } });
  expect(late).toMatchObject({ status: 409, body: { error: { status: "ABORTED" } } });
});

test("an update mask keeps the other fields of a policy", async () => {
  await using emulator = await createEmulator({ queues: ["q"] });
  const name = queuePath(emulator, "q");
  await call(emulator, "POST", `${name}:setIamPolicy`, { policy: { version: 1, bindings } });
  const { body } = await call(emulator, "POST", `${name}:setIamPolicy`, {
    policy: { version: 3 },
    updateMask: "version",
  });
  expect(body).toMatchObject({ version: 1, bindings });
});

test("a queue that is deleted and created again has no policy", async () => {
  await using emulator = await createEmulator({ queues: ["q"] });
  const name = queuePath(emulator, "q");
  await call(emulator, "POST", `${name}:setIamPolicy`, { policy: { bindings } });
  await call(emulator, "DELETE", name);
  await call(emulator, "PATCH", name, {});
  expect((await call(emulator, "POST", `${name}:getIamPolicy`, {})).body).not.toHaveProperty("bindings");
});

test("every caller has all permissions on an existing queue, and none on a missing one", async () => {
  await using emulator = await createEmulator({ queues: ["q"] });
  const permissions = ["cloudtasks.tasks.create", "cloudtasks.queues.get"];
  const ask = (id: string): ReturnType<typeof call> =>
    call(emulator, "POST", `${queuePath(emulator, id)}:testIamPermissions`, { permissions });
  expect((await ask("q")).body).toEqual({ permissions: [...permissions].sort() });
  expect(await ask("missing")).toEqual({ status: 200, body: {} });
});

const rejected: readonly [what: string, verb: string, queue: string, body: object, status: string][] = [
  ["a policy of a missing queue", "getIamPolicy", "missing", {}, "NOT_FOUND"],
  ["a policy for a missing queue", "setIamPolicy", "missing", { policy: {} }, "NOT_FOUND"],
  ["no policy", "setIamPolicy", "q", {}, "INVALID_ARGUMENT"],
  ["a mask with an unknown field", "setIamPolicy", "q", { policy: {}, updateMask: "rules" }, "INVALID_ARGUMENT"],
  ["a permission with a wildcard", "testIamPermissions", "q", { permissions: ["cloudtasks.*"] }, "INVALID_ARGUMENT"],
];

test.each(rejected)("%s is rejected", async (_, verb, queue, body, status) => {
  await using emulator = await createEmulator({ queues: ["q"] });
  const answer = await call(emulator, "POST", `${queuePath(emulator, queue)}:${verb}`, body);
  expect(answer.body.error).toMatchObject({ status });
});
