import { expect, test } from "vitest";
import { adminBench } from "../support/admin-bench.ts";

const queues = {
  emails: { rate: 50, concurrency: 20, retry: { maxAttempts: 8, minBackoff: "5s" }, deadLetter: "emails-dead" },
  "emails-dead": { paused: true },
} as const;

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
  await plan.apply();
  expect(await admin.queues.get("emails")).toMatchObject({
    state: "running",
    rate: 50,
    concurrency: 20,
    retry: { maxAttempts: 8, minBackoff: 5_000, maxBackoff: 3_600_000, maxDoublings: 16 },
  });
  expect(await admin.queues.get("emails-dead")).toMatchObject({ state: "paused", rate: 500 });
  const second = await admin.queues.plan(queues);
  expect(second).toMatchObject({ isEmpty: true, changes: [], unmanaged: ["default"], warnings: [] });
  expect(String(second)).toMatchInlineSnapshot(`
    "No changes: the queues of projects/local-project/locations/us-central1 are as described.

    Not described, and left as they are: default"
  `);
});
