import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmulator } from "@cloudtask/emulator";
import { createAdmin, type PlanError, type QueueChange } from "cloudtask/admin";
import { expect, onTestFinished, test } from "vitest";
import { adminBench } from "../support/admin-bench.ts";
import { collect } from "../support/collect.ts";
import { failureOf } from "../support/failure.ts";

const queues = {
  emails: { rate: 50, concurrency: 20, retry: { maxAttempts: 8, minBackoff: "5s" }, deadLetter: "emails-dead" },
  "emails-dead": { paused: true },
} as const;

function labels(changes: readonly QueueChange[]): readonly string[] {
  return changes.map(({ action, queue }) => `${action} ${queue}`);
}

test("a plan creates the queues that are missing, and a second plan is empty", async () => {
  const { admin } = await adminBench();
  const plan = await admin.queues.plan(queues);
  expect(String(plan)).toMatchInlineSnapshot(`
    "Changes to the queues of projects/local-project/locations/us-central1:

      + emails-dead
          paused: true

      + emails
          rate: 50
          concurrency: 20
          retry.maxAttempts: 8
          retry.minBackoff: 5s

    Plan: 2 to create, 0 to change, 0 to delete.

    Not described, and left as they are: default"
  `);
  expect(labels(await plan.apply())).toEqual(["create emails-dead", "create emails"]);
  expect(await admin.queues.get("emails")).toMatchObject({ state: "running", rate: 50, concurrency: 20 });
  expect(await admin.queues.get("emails-dead")).toMatchObject({ state: "paused", rate: 500 });
  const second = await admin.queues.plan(queues);
  expect(second).toMatchObject({ isEmpty: true, changes: [], unmanaged: ["default"], warnings: [] });
  expect(String(second)).toMatchInlineSnapshot(`
    "No changes: the queues of projects/local-project/locations/us-central1 are as described.

    Not described, and left as they are: default"
  `);
  expect(await second.apply()).toEqual([]);
});

test("a plan shows each changed setting with its value before and after", async () => {
  const { admin } = await adminBench();
  await (await admin.queues.plan(queues)).apply();
  const changed = {
    emails: {
      rate: "100/m",
      concurrency: 20,
      retry: { maxAttempts: 3, maxBackoff: "90s", maxRetryDuration: "1d" },
      paused: true,
      logging: 0.5,
      taskTtl: "40d",
      target: { host: "worker.test" },
      routing: {},
    },
    "emails-dead": { paused: false },
    default: null,
  } as const;
  const plan = await admin.queues.plan(changed);
  expect(String(plan)).toMatchInlineSnapshot(`
    "Changes to the queues of projects/local-project/locations/us-central1:

      ~ emails
          paused: false → true
          rate: 50 → 100/m
          retry.maxAttempts: 8 → 3
          retry.maxBackoff: 1h → 90s
          retry.maxRetryDuration: 0s → 1d
          taskTtl: 31d → 40d
          logging: 0 → 0.5
          target: none → {"host":"worker.test"}

      ~ emails-dead
          paused: true → false

    Plan: 0 to create, 2 to change, 0 to delete."
  `);
  expect(plan.changes[1]).toMatchObject({
    fields: [{ field: "rate", before: 50, after: 100 / 60 }, {}, {}, {}, {}, {}, {}],
  });
  await plan.apply();
  expect((await admin.queues.plan(changed)).isEmpty).toBe(true);
});

test("without an argument the plan is for the queues of the client", async () => {
  const { admin } = await adminBench({ client: { queues: { default: { rate: 7 }, emails: { shards: 2 } } } });
  expect(labels((await admin.queues.plan()).changes)).toEqual(["create emails-0", "create emails-1", "update default"]);
});

test("without an argument a client without queues is rejected", async () => {
  const { admin } = await adminBench();
  await expect(admin.queues.plan()).rejects.toThrow(
    "pass a description of the queues, or set the option `queues` of the client",
  );
});

test("the default settings of a new queue are not named", async () => {
  const { admin } = await adminBench();
  const plan = await admin.queues.plan({ plain: null });
  expect(plan.changes).toEqual([{ action: "create", queue: "plain", fields: [], paused: false }]);
  await plan.apply();
  expect((await admin.queues.plan({ plain: {} })).isEmpty).toBe(true);
});

test("queues are paused first, lowered before others are raised, and resumed last", async () => {
  const { admin } = await adminBench({
    emulator: {
      queues: {
        raised: { rate: 1 },
        resumed: { rate: 9, paused: true },
        paused: { rate: 9 },
        lowered: { rate: 9 },
        old: null,
      },
    },
  });
  const plan = await admin.queues.plan(
    {
      new: { deadLetter: "new-dead" },
      raised: { rate: 2 },
      resumed: { rate: 8, paused: false },
      lowered: { rate: 8 },
      paused: { rate: 8, paused: true },
      "new-dead": { paused: true },
    },
    { prune: true },
  );
  expect(labels(plan.changes)).toEqual([
    "pause paused",
    "create new-dead",
    "create new",
    "update resumed",
    "update lowered",
    "update paused",
    "update raised",
    "resume resumed",
    "delete old",
  ]);
});

test("queues that are not described are deleted with prune only, with a warning", async () => {
  const { client, admin } = await adminBench();
  await client
    .task("greet", async () => undefined)()
    .push();
  await (await admin.queues.plan(queues)).apply();
  expect((await admin.queues.plan(queues)).unmanaged).toEqual(["default"]);
  const plan = await admin.queues.plan(queues, { prune: true });
  expect(String(plan)).toMatchInlineSnapshot(`
    "Changes to the queues of projects/local-project/locations/us-central1:

      - default
          tasks: 1

    Plan: 0 to create, 0 to change, 1 to delete.

    Warning: Deleting the queue default also deletes 1 task.

    Warning: Cloud Tasks rejects a queue with the name of a deleted one for up to 7 days: default.

    Warning: "greet" pushes to the queue default, which is not described and will not exist."
  `);
  await plan.apply();
  expect((await collect(admin.queues.list())).map(({ id }) => id)).toEqual(["emails", "emails-dead"]);
});

test("a queue with shards is planned as its numbered queues", async () => {
  const { admin } = await adminBench();
  const plan = await admin.queues.plan({ emails: { rate: 5, shards: 3 } });
  expect(labels(plan.changes)).toEqual(["create emails-0", "create emails-1", "create emails-2"]);
});

test("onProgress is called after each change", async () => {
  const { admin } = await adminBench();
  const progress: string[] = [];
  await (await admin.queues.plan(queues)).apply({
    onProgress: ({ change, done, total }) => progress.push(`${done}/${total} ${change.queue}`),
  });
  expect(progress).toEqual(["1/2 emails-dead", "2/2 emails"]);
});

test("a failed change stops the plan and reports the applied and the missing changes", async () => {
  const { admin } = await adminBench();
  const described = { a: null, b: null, c: null };
  const plan = await admin.queues.plan(described);
  await admin.queues.create("b");
  const error = await failureOf<PlanError>(plan.apply());
  expect(error).toMatchObject({ name: "PlanError", code: "PLAN_FAILED", cause: { status: "ALREADY_EXISTS" } });
  expect([error.applied, [error.failed], error.pending].map(labels)).toEqual([
    ["create a"],
    ["create b"],
    ["create c"],
  ]);
  expect(error.message).toMatchInlineSnapshot(
    `"Could not apply the plan: the change "create b" failed: Could not create projects/local-project/locations/us-central1/queues/b: 409 ALREADY_EXISTS: Queue already exists. Applied before it: create a. Not applied: create b, create c. Create a new plan to apply the rest."`,
  );
  expect(labels((await admin.queues.plan(described)).changes)).toEqual(["create c"]);
});

test("the name of a deleted queue is reported as taken, with the remedy", async () => {
  const { admin } = await adminBench({ emulator: { queueCooldown: "7d" } });
  await (await admin.queues.plan({ a: null })).apply();
  await (await admin.queues.plan({}, { prune: true })).apply();
  const error = await failureOf<PlanError>((await admin.queues.plan({ a: null })).apply());
  expect(error.cause).toMatchObject({ status: "FAILED_PRECONDITION" });
  expect(error.message).toContain(
    "The name of a deleted queue stays taken for up to 7 days: choose another name, or wait.",
  );
});

test("a setting that was changed after the plan is not overwritten", async () => {
  const { admin } = await adminBench();
  await (await admin.queues.plan(queues)).apply();
  const plan = await admin.queues.plan({ emails: { rate: 60, concurrency: 30 } });
  await admin.queues.update("emails", { rate: 7 });
  const error = await failureOf<PlanError>(plan.apply());
  expect(error).toMatchObject({ code: "PLAN_FAILED", cause: { code: "PLAN_OUTDATED" } });
  expect(error.message).toContain("rate of the queue emails was 50 when the plan was created, and is 7 now.");
  expect(await admin.queues.get("emails")).toMatchObject({ rate: 7, concurrency: 20 });
});

test("a setting that was changed after the plan but is not named does not matter", async () => {
  const { admin } = await adminBench();
  await (await admin.queues.plan(queues)).apply();
  const plan = await admin.queues.plan({ emails: { rate: 60 } });
  await admin.queues.update("emails", { concurrency: 7 });
  await plan.apply();
  expect(await admin.queues.get("emails")).toMatchObject({ rate: 60, concurrency: 7 });
});

test("a change that someone else made in the meantime is not made again", async () => {
  const { emulator, admin } = await adminBench();
  const plans = [
    await admin.queues.plan({ default: { rate: 60 } }),
    await admin.queues.plan({ default: { rate: 60 } }),
  ];
  await plans[0]?.apply();
  const fault = emulator.faults.add({ on: "UpdateQueue", status: "INTERNAL", times: "always" });
  await plans[1]?.apply();
  expect(fault.fired).toBe(0);
});

test("a queue that got tasks after the plan is not deleted", async () => {
  const { client, admin } = await adminBench();
  const plan = await admin.queues.plan({}, { prune: true });
  await client
    .task("greet", async () => undefined)()
    .push();
  const error = await failureOf<PlanError>(plan.apply());
  expect(error.message).toContain("the queue default had 0 tasks when the plan was created, and has 1 now.");
  expect(await admin.queues.get("default")).toMatchObject({ stats: { tasksCount: 1 } });
});

test("a queue that was deleted after the plan is not created by a change", async () => {
  const { admin } = await adminBench();
  const plan = await admin.queues.plan({ default: { rate: 60 } });
  await admin.queues.delete("default");
  expect(await failureOf(plan.apply())).toMatchObject({ cause: { status: "NOT_FOUND" } });
  expect(await collect(admin.queues.list())).toEqual([]);
});

test("an abort stops the plan between two changes", async () => {
  const { admin } = await adminBench();
  const controller = new AbortController();
  const plan = await admin.queues.plan({ a: null, b: null });
  const applying = plan.apply({ signal: controller.signal, onProgress: () => controller.abort() });
  const error = await failureOf<PlanError>(applying);
  expect(error).toMatchObject({ code: "PLAN_FAILED", cause: { code: "ABORTED" } });
  expect([error.applied, [error.failed]].map(labels)).toEqual([["create a"], ["create b"]]);
});

test("a plan can be applied once", async () => {
  const { admin } = await adminBench();
  const plan = await admin.queues.plan({ a: null });
  await plan.apply();
  await expect(plan.apply()).rejects.toThrow("plan.apply(): this plan was applied before; create a new one");
});

test.each(["CreateQueue", "UpdateQueue", "PauseQueue", "ResumeQueue", "DeleteQueue"] as const)(
  "a lost answer to %s does not make the plan fail",
  async (on) => {
    const { emulator, admin } = await adminBench({
      emulator: { queues: { a: { rate: 5 }, b: { paused: true }, old: null } },
    });
    const described = { a: { rate: 6, paused: true }, b: { paused: false }, c: { paused: true } };
    const fault = emulator.faults.add({ on, drop: true, after: true });
    await (await admin.queues.plan(described, { prune: true })).apply();
    expect(fault.fired).toBe(1);
    expect((await admin.queues.plan(described, { prune: true })).isEmpty).toBe(true);
  },
);

test.each([
  [{ emails: { rate: 0 } }, "admin.queues.plan().emails.rate: expected dispatches per second of more than 0"],
  [
    { emails: { deadLetter: "gone" } },
    'admin.queues.plan().emails.deadLetter: there is no queue "gone" in this description',
  ],
  [{ "a b": null }, "admin.queues.plan().a b: expected a queue id of 1 to 100 letters, digits and hyphens"],
  [
    { emails: { retry: { minBackoff: "20s" } } },
    "admin.queues.plan().emails.retry.minBackoff: minBackoff (20s) would exceed maxBackoff (10s)",
  ],
  [
    { emails: { retry: { maxBackoff: "2s" } } },
    "admin.queues.plan().emails.retry.maxBackoff: minBackoff (5s) would exceed maxBackoff (2s)",
  ],
  [["emails"], "admin.queues.plan(): expected a map of settings, received a list"],
])("the description %j is rejected", async (described, message) => {
  const { admin } = await adminBench({
    emulator: { queues: { emails: { retry: { minBackoff: "5s", maxBackoff: "10s" } } } },
  });
  await expect(admin.queues.plan(described as never)).rejects.toThrow(message);
});

test("plans survive a restart of the emulator", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "cloudtask-plan-"));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const described = {
    ...queues,
    other: { target: { host: "a.test", headers: { "X-A": "1" } }, taskTtl: "20d", logging: 0.1 },
  } as const;
  const first = await createEmulator({ dataDir });
  await using before = createAdmin({ emulatorHost: first.host });
  await (await before.queues.plan(described)).apply();
  await first.close();
  await using second = await createEmulator({ dataDir });
  await using after = createAdmin({ emulatorHost: second.host });
  expect(await after.queues.plan(described)).toMatchObject({ isEmpty: true, unmanaged: ["default"] });
});
