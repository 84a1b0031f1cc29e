import fc from "fast-check";
import { expect, test } from "vitest";
import { RecentCount } from "./recent-count.ts";

test("a count is that of the current second and the 59 before it, however long the pauses are", () => {
  const pauses = fc.array(fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 130_000 })));
  fc.assert(
    fc.property(pauses, (all) => {
      const recent = new RecentCount();
      const added: number[] = [];
      let now = 1_900_000_000_000;
      for (const pause of all) {
        now += pause;
        recent.add(now);
        added.push(now);
        const start = Math.floor(now / 1_000) * 1_000 - 59_000;
        expect(recent.total(now)).toBe(added.filter((at) => at >= start).length);
      }
    }),
  );
});
