import { CloudTaskClient } from "cloudtask";
import { createAdmin } from "cloudtask/admin";
import { afterEach, expect, test, vi } from "vitest";
import { adminBench } from "../support/admin-bench.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("an admin without a client has its own connection, which it closes", async () => {
  const { emulator } = await adminBench();
  const admin = createAdmin({ emulatorHost: emulator.host });
  expect(await admin.queues.get("default")).toMatchObject({ id: "default", state: "paused" });
  await admin.close();
  await expect(admin.queues.get("default")).rejects.toMatchObject({ code: "CLIENT_CLOSED" });
});

test("an admin of a client leaves the client open", async () => {
  const { client, admin } = await adminBench();
  await admin.close();
  const { name } = await client
    .task("greet", async () => undefined)()
    .push();
  expect(await admin.tasks.get(name)).toMatchObject({ definition: "greet" });
});

test("an admin without options uses the environment", async () => {
  const { emulator } = await adminBench({ emulator: { project: "p", location: "l" } });
  vi.stubEnv("CLOUD_TASKS_EMULATOR_HOST", emulator.host);
  vi.stubEnv("GOOGLE_CLOUD_PROJECT", "p");
  vi.stubEnv("GOOGLE_CLOUD_LOCATION", "l");
  await using admin = createAdmin();
  expect((await admin.queues.get("default")).name).toBe("projects/p/locations/l/queues/default");
});

test.each([
  [
    "an option of the client that it does not use",
    { url: "https://a.test/" } as never,
    'createAdmin(): unknown option "url"',
  ],
  ["a zone", { location: "europe-west1-b" }, "must be a region"],
  ["text", "payments" as never, "createAdmin(): options must be an object, received string"],
])("%s is rejected", (_, options, message) => {
  expect(() => createAdmin(options)).toThrow(message);
});

test("an invalid name of a queue or a task is rejected before the call", async () => {
  const { admin } = await adminBench();
  await expect(admin.queues.get("a b")).rejects.toThrow('Could not get the queue: queue: "a b" is not a queue id');
  await expect(admin.tasks.get("123")).rejects.toThrow("Could not get the task: expected the name projects/");
});

test("an unknown option of a call is rejected", async () => {
  const admin = createAdmin(new CloudTaskClient({ url: "http://a.test/", emulatorHost: "127.0.0.1:9" }));
  await expect(admin.queues.pause("default", { force: true } as never)).rejects.toThrow(
    'admin.queues.pause(): unknown option "force"',
  );
});
