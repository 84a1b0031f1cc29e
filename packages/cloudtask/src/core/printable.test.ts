import { expect, test } from "vitest";
import { printable } from "./printable.ts";

test.each<[string, unknown, string]>([
  ["a plain text", "https://worker.test/tasks/run", '"https://worker.test/tasks/run"'],
  ["a line break", "a\r\nWARN b", '"a\\r\\nWARN b"'],
  ["what commands a terminal", "a\u001b[2Jb\u009b", '"a\\u001b[2Jb\\u009b"'],
  ["what turns the order of letters", "a\u202eb", '"a\\u202eb"'],
  ["other scripts", "grün", '"gr\\u00fcn"'],
  ["quotes and backslashes", 'a"\\b', '"a\\"\\\\b"'],
  ["half a pair", "\ud800", '"\\ud800"'],
  ["the empty text", "", '""'],
  ["nothing", undefined, "none"],
  ["a number", 7, "7"],
  ["null", null, "null"],
  ["a list", ["a", "\n"], '["a","\\n"]'],
])("%s stays one text on one line", (_, value, shown) => {
  expect(printable(value)).toBe(shown);
});

test("a long value is shortened", () => {
  expect(printable("x".repeat(10_000))).toBe(`"${"x".repeat(199)}…`);
  expect(printable("\u0007".repeat(10_000)).length).toBeLessThanOrEqual(1_201);
});
