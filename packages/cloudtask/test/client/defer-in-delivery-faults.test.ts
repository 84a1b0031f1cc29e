import fc from "fast-check";
import { expect, test } from "vitest";
import { depends } from "../../src/index.ts";
import { startClockedScene } from "../support/clocked-scene.ts";

/** The outcomes of a delivery's attempts, and the API's answers to their pushes. */
const plans = fc.record({
  attempts: fc.array(fc.constantFrom("throw", "no commit", "commit"), { maxLength: 4 }),
  children: fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 }),
  lost: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 1 }),
  acts: fc.boolean(),
  twice: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 1 }),
  seed: fc.integer(),
});

test("each task is pushed once, and none before the first commit, for any failed attempts and lost answers", async () => {
  const scene = await startClockedScene({
    client: { apiRetry: { totalTimeout: 0 } },
    queue: { retry: { maxAttempts: -1, minBackoff: "1s", maxBackoff: "1s" } },
  });
  const { client, emulator } = scene;
  let log: (number | string)[] = [];
  let attempts: readonly string[] = [];
  const step = { index: 0 };
  const transaction = depends(async function* () {
    const plan = attempts[step.index++] ?? "commit";
    yield plan;
    if (plan === "no commit") throw new Error("could not commit");
    log.push("commit");
  });
  const child = client.task("child", (payload: number) => void log.push(payload));
  const parent = client.task("parent", {
    deps: { transaction },
    deferPushes: true,
    run: async (children: number[], { transaction: plan }) => {
      await client.pushMany(children.map((payload) => child(payload)));
      if (plan === "throw") throw new Error("no");
    },
  });
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      await emulator.reset();
      [log, attempts, step.index] = [[], plan.attempts, 0];
      const { name } = await parent(plan.children).push({ delay: "10s" });
      for (const times of plan.lost) {
        emulator.faults.add({
          on: "CreateTask",
          drop: true,
          after: plan.acts,
          probability: 0.5,
          seed: plan.seed,
          times,
        });
      }
      for (const times of plan.twice) emulator.faults.add({ on: "delivery", task: name, twice: true, times });
      await scene.advance("2m");
      const pushed = log.filter((entry) => entry !== "commit");
      expect(pushed.toSorted()).toEqual(plan.children.toSorted());
      expect(log[0]).toBe("commit");
    }),
    { numRuns: 60 },
  );
});
