import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type DiscardFacts,
  deadLetterHeaders,
  readDeadLetterHeaders,
  withoutDeadLetterHeaders,
} from "../../src/core/dead-letter-headers.ts";

const fits = () => 0;

function read(headers: Readonly<Record<string, string>>): DiscardFacts | undefined {
  // HTTP removes spaces at the ends of a value.
  const received = new Headers(Object.entries(headers).map(([name, value]) => [name, value.trim()]));
  return readDeadLetterHeaders((name) => received.get(name));
}

const FACTS: DiscardFacts = {
  reason: "max-attempts",
  message: "no",
  attempts: 3,
  firstMs: 1_767_225_600_000,
  lastMs: 1_767_225_660_250,
  homeQueue: "emails",
  originalId: "7",
};

test("all facts are read as they were written, in headers of printable ASCII", () => {
  const texts = fc.string({ unit: "grapheme", maxLength: 500 }).map((text) => text || undefined);
  fc.assert(
    fc.property(texts, texts, texts, fc.nat(), (message, homeQueue, originalId, attempts) => {
      const facts = { ...FACTS, message, homeQueue, originalId, attempts };
      const headers = deadLetterHeaders(facts, fits);
      expect(Object.values(headers).join("")).toMatch(/^[\x21-\x7e][\x20-\x7e]*$/);
      expect(read(headers)).toEqual(facts);
    }),
  );
});

test.each([
  ["spaces at the ends", "  a  b  "],
  ["a percent sign", "100%25 done"],
  ["a line break and a null byte", "a\r\nb\0"],
  ["every script", "Überweisung 失敗 🧨"],
])("a message with %s is read as it was written", (_, message) => {
  expect(read(deadLetterHeaders({ ...FACTS, message }, fits))?.message).toBe(message);
});

test("half a surrogate pair is replaced, because UTF-8 cannot represent it", () => {
  expect(read(deadLetterHeaders({ ...FACTS, message: "a\ud800b" }, fits))?.message).toBe("a\ufffdb");
});

test("a header is at most as long as Cloud Tasks keeps, and no character is cut in half", () => {
  const headers = deadLetterHeaders({ ...FACTS, message: "失".repeat(2_000) }, fits);
  const [name = "", value = ""] = Object.entries(headers).find(([, each]) => each.length > 100) ?? [];
  expect(name.length + value.length).toBeLessThanOrEqual(8188);
  expect(name.length + value.length).toBeGreaterThan(8188 - 9);
  expect(read(headers)?.message).toMatch(/^失+$/);
});

const MESSAGE = "a declined card";

test.each([
  ["the task has room for all facts", 0, { ...FACTS, message: MESSAGE }],
  ["the task is 2 bytes too large: the message is cut", 2, { ...FACTS, message: "a declined ca" }],
  ["the message is too short: only the facts of a redrive remain", 15, { reason: "max-attempts", homeQueue: "emails" }],
  ["the task is far too large: the same facts remain", 9_999, { reason: "max-attempts", homeQueue: "emails" }],
])("%s", (_, excess, expected) => {
  const size = (headers: object) => JSON.stringify(headers).length;
  const facts = { ...FACTS, message: MESSAGE };
  const room = size(deadLetterHeaders(facts, fits)) - excess;
  expect(read(deadLetterHeaders(facts, (headers) => size(headers) - room))).toEqual(expected);
});

test("a task without these headers is not a dead letter", () => {
  expect(read({ "CloudTask-Name": "t", "X-Dead": "1" })).toBeUndefined();
});

test("invalid values are read as missing, and broken escapes as they are", () => {
  const headers = {
    "CloudTask-Dead-Reason": "own",
    "CloudTask-Dead-Attempts": "many",
    "CloudTask-Dead-First": "yesterday",
    "CloudTask-Dead-Message": "50% off",
  };
  expect(read(headers)).toEqual({ reason: "own", message: "50% off" });
});

test("a redriven task keeps all other headers", () => {
  const other = { "CloudTask-Name": "t", "X-Tenant": "acme" };
  expect(withoutDeadLetterHeaders({ ...other, ...deadLetterHeaders(FACTS, fits) })).toEqual(other);
});
