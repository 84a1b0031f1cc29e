import { expect, test } from "vitest";
import { printable, printableText } from "./printable.ts";

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

test.each([
  ["a plain text", "No such queue: grün ✓ 🚀", "No such queue: grün ✓ 🚀"],
  ["line breaks and tabs", "a\r\nWARN\tb\u2028c", "a\\u000d\\u000aWARN\\u0009b\\u2028c"],
  ["terminal commands", "a\u001b[2Jb\u009b2Jc\u0085", "a\\u001b[2Jb\\u009b2Jc\\u0085"],
  ["a change of direction", "a\u202eb", "a\\u202eb"],
  ["half a surrogate pair", "\ud83d", "\\ud83d"],
])("printableText() shows %s on one line", (_, text, shown) => {
  expect(printableText(text)).toBe(shown);
});

test("printableText() shortens a long text", () => {
  expect(printableText("x".repeat(2_000))).toBe(`${"x".repeat(1_000)}…`);
  expect(printableText("x".repeat(2_000), 10)).toBe(`${"x".repeat(10)}…`);
});

test("a long value is shortened", () => {
  expect(printable("x".repeat(10_000))).toBe(`"${"x".repeat(199)}…`);
  expect(printable("\u0007".repeat(10_000)).length).toBeLessThanOrEqual(1_201);
});
