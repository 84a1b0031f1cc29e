import fc from "fast-check";
import { expect, test } from "vitest";
import type { AttemptFacts } from "./attempt-facts.ts";
import { FinishedLists } from "./finished-lists.ts";
import type { FinishedTask } from "./finished-task.ts";

const step = fc.oneof(
  fc.record({ adds: fc.nat(2_500) }),
  fc.record({ removes: fc.nat(2_500) }),
  fc.record({ reads: fc.constantFrom("byCreation" as const, "byFinish" as const) }),
);

/** A task that finished some tasks later than it was created. */
function factsOf(number: number): AttemptFacts {
  const at = (number * 7_919) % 100_000;
  return { id: number, queue: "q", sequence: number ^ 5, createdAt: 0, at, outcome: "succeeded", status: 200 };
}

test("both orders contain the tasks that were added and not removed, whenever each of them is read", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const lists = new FinishedLists();
      let tasks: FinishedTask[] = [];
      let added = 0;
      const expectSorted = (order: "byCreation" | "byFinish"): void => {
        const keyOf = ({ last }: FinishedTask): number => (order === "byCreation" ? last.sequence : last.at);
        const sorted = [...lists[order].from(() => false)];
        expect(sorted).toEqual(tasks.toSorted((a, b) => keyOf(a) - keyOf(b) || a.last.sequence - b.last.sequence));
      };
      for (const { adds = 0, removes = 0, reads } of steps as readonly {
        readonly adds?: number;
        readonly removes?: number;
        readonly reads?: "byCreation" | "byFinish";
      }[]) {
        for (let count = 0; count < adds; count += 1) {
          added += 1;
          tasks.push(lists.add({ last: factsOf(added), state: "succeeded" }));
        }
        for (const task of tasks.slice(0, removes)) lists.remove(task);
        tasks = tasks.slice(removes);
        if (reads) expectSorted(reads);
      }
      expectSorted("byCreation");
      expectSorted("byFinish");
    }),
    { numRuns: 60 },
  );
});
