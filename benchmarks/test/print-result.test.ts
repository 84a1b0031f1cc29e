import { expect, test } from "vitest";
import { resultText } from "../src/harness/print-result.ts";
import { resultJson } from "../src/harness/result.ts";
import { sampleResult } from "./sample-result.ts";

test("a result is printed as tables with the ratio of ours to each other, the aims, the versions and the machine", () => {
  expect(resultText(sampleResult)).toBe(`
Pushing tasks

CPU per push, µs   median   min–max   cloudtask is
  cloudtask           120   110–130
  bare <loop>         100                   1.20 ×

Pushes per second    median       min–max   cloudtask is
  cloudtask         ≥ 9,250   9,000–9,500
  Google              2,600   2,500–2,700         3.56 ×

✗   CPU per push        cloudtask   1.20 ×         aim: ≤ 1.15 × bare <loop>
✓   Pushes per second   cloudtask   3.56 ×         aim: ≥ 3.00 × Google
–   Pushes per second   cloudtask   not measured   aim: ≥ 1.00 × Rust

Note: Rust: not measured: cargo is not installed
cloudtask 1.2.3 · Google 6.0.0
2 × Fast CPU, 8 GiB, Linux, Node v20.19.0 · load 0.1 → 1.5 · 2026-01-02 · 61 s`);
});

test("the stored JSON has each row's rounds on one line, and parses to the same result", () => {
  const text = resultJson(sampleResult);
  expect(text).toContain('"rounds": [9000, null, 9500]');
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(sampleResult).replace("2500.125", "2500.1")));
});
