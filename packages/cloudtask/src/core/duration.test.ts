import { expect, test } from "vitest";
import { type Duration, durationInput, durationJson, durationMs, durationText, parseDurationJson } from "./duration.ts";

test.each<[Duration, number]>([
  [0, 0],
  [1500, 1500],
  [0.5, 0.5],
  ["0s", 0],
  ["250ms", 250],
  ["30s", 30_000],
  ["10m", 600_000],
  ["1.5h", 5_400_000],
  ["0.001s", 1],
  ["7d", 604_800_000],
  ["007s", 7_000],
])("%j is %d ms", (duration, ms) => {
  expect(durationMs(duration, "delay")).toBe(ms);
});

test.each([
  ["", '""'],
  ["10", '"10"'],
  ["10 m", '"10 m"'],
  [" 10m", '" 10m"'],
  ["10min", '"10min"'],
  ["10M", '"10M"'],
  ["-1s", '"-1s"'],
  ["1e3ms", '"1e3ms"'],
  [".5h", '".5h"'],
  ["1h30m", '"1h30m"'],
  ["PT10M", '"PT10M"'],
  [`${"9".repeat(400)}d`, `"${"9".repeat(400)}d"`],
  [-1, "-1"],
  [Number.NaN, "NaN"],
  [Number.POSITIVE_INFINITY, "Infinity"],
  [null, "null"],
  [undefined, "undefined"],
  [true, "true"],
  [10n, "10"],
])("%s is rejected, and the message shows it", (duration, shown) => {
  const read = () => durationMs(duration as Duration, "delay");
  expect(read).toThrow(TypeError);
  expect(read).toThrow(
    `delay: expected a duration such as "30s", "10m" or "1.5h", or milliseconds as a number, 0 or more; received ${shown}`,
  );
});

test.each([
  [0, "0s"],
  [15_000, "15s"],
  [3_500, "3.5s"],
  [1, "0.001s"],
  [1_800_000, "1800s"],
])("%d ms are %s in JSON", (ms, json) => {
  expect(durationJson(ms)).toBe(json);
});

test.each([
  [0, "0ms"],
  [250, "250ms"],
  [0.4, "0ms"],
  [999.4, "999ms"],
  [999.7, "1s"],
  [15_000, "15s"],
  [60_000, "1m"],
  [61_000, "1m 1s"],
  [5_400_000, "1h 30m"],
  [3_601_000, "1h 1s"],
  [2_592_000_000, "720h"],
])("%d ms are %s for people", (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test.each([
  ["0s", 0],
  ["0.100s", 100],
  ["1.234567891s", 1234.567891],
  ["0.0345s", 34.5],
  ["2678400s", 2_678_400_000],
  ["-3s", -3_000],
  ["3", undefined],
  ["1h", undefined],
  [undefined, undefined],
  [3, undefined],
])("the API's duration %j is %j ms", (text, ms) => {
  expect(parseDurationJson(text)).toBe(ms);
});

test.each([
  [0, "0s"],
  [0.5, "0.5ms"],
  [1, "1ms"],
  [1_500, "1500ms"],
  [90_000, "90s"],
  [3_600_000, "1h"],
  [86_400_000, "1d"],
  [90_000_000, "25h"],
] as const)("%d ms is the duration %j", (ms, text) => {
  expect(durationInput(ms)).toBe(text);
  expect(durationMs(text, "delay")).toBe(ms);
});
