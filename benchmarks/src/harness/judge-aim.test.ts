import { expect, test } from "vitest";
import type { Aim, Figure } from "./benchmark.ts";
import { judgeAim, markOf } from "./judge-aim.ts";

const figures: readonly Figure[] = [
  {
    id: "cpu",
    title: "CPU",
    unit: "µs",
    rows: [
      { name: "ours", rounds: [110, 120, 130] },
      { name: "bare", rounds: [100, 100, 100] },
      { name: "failed", rounds: [null, null, null] },
    ],
  },
];
const aim = { id: "aim", figure: "cpu", row: "ours" };

test.each<{ given: Partial<Aim>; mark: string; wanted: string; measured: string }>([
  { given: { against: "bare", max: 1.25 }, mark: "✓", wanted: "≤ 1.25 × bare", measured: "1.20 ×" },
  { given: { against: "bare", max: 1.15 }, mark: "✗", wanted: "≤ 1.15 × bare", measured: "1.20 ×" },
  { given: { against: "bare", min: 1.2 }, mark: "✓", wanted: "≥ 1.20 × bare", measured: "1.20 ×" },
  { given: { max: 150 }, mark: "✓", wanted: "≤ 150 µs", measured: "120 µs" },
  { given: { max: 100 }, mark: "✗", wanted: "≤ 100 µs", measured: "120 µs" },
  { given: { against: "failed", max: 1 }, mark: "–", wanted: "≤ 1.00 × failed", measured: "not measured" },
  { given: { against: "skipped", max: 1 }, mark: "–", wanted: "≤ 1.00 × skipped", measured: "not measured" },
])("an aim $given is judged $mark", ({ given, mark, wanted, measured }) => {
  const verdict = judgeAim({ ...aim, ...given }, figures);
  expect({ mark: markOf(verdict), wanted: verdict.wanted, measured: verdict.measured }).toEqual({
    mark,
    wanted,
    measured,
  });
});

test("an aim for a figure that does not exist is an error", () => {
  expect(() => judgeAim({ ...aim, figure: "memory" }, figures)).toThrow("names the figure memory");
});
