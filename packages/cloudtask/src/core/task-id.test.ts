import fc from "fast-check";
import { expect, test } from "vitest";
import { taskIdFor } from "./task-id.ts";

const VALID = /^[A-Za-z0-9_-]{1,500}$/;

test.each([
  ["a readable name", "welcome-email-user-123", "welcome-email-user-123"],
  ["unsafe characters, each run as one hyphen", "orders/42: due?", "orders-42-due-"],
  ["letters that an id cannot hold", "Grüße", "Gr-e"],
  ["nothing that an id can hold", "日本語 🎉", "-"],
  ["a line break", "a\nb", "a-b"],
])("the readable part of %s follows the hash", async (_, name, readable) => {
  const id = await taskIdFor("send-welcome-email", name);
  expect(id).toMatch(/^[0-9a-f]{16}-/);
  expect(id.slice(17)).toBe(readable);
});

test("two names with the same first 2,000 characters get two ids of 500 characters", async () => {
  const ids = await Promise.all(["1", "2"].map((end) => taskIdFor("t", "x".repeat(2_000) + end)));
  expect(ids.map((id) => id.length)).toEqual([500, 500]);
  expect(new Set(ids).size).toBe(2);
});

test("one name of two definitions gives two ids", async () => {
  expect(await taskIdFor("send-email", "user-1")).not.toBe(await taskIdFor("send-sms", "user-1"));
});

test("any string gives an id that Cloud Tasks accepts, and always the same one", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary", minLength: 1, maxLength: 700 }), async (name) => {
      const id = await taskIdFor("t", name);
      expect(id).toMatch(VALID);
      expect(await taskIdFor("t", name)).toBe(id);
    }),
  );
});

test("names that differ only in characters that an id cannot contain get different ids", async () => {
  const unsafe = fc.string({ unit: fc.constantFrom(" ", "/", ".", ":", "ü", "日", "🎉", "\n", "\0"), minLength: 1 });
  await fc.assert(
    fc.asyncProperty(fc.string(), unsafe, unsafe, async (stem, one, other) => {
      fc.pre(one !== other);
      expect(await taskIdFor("t", stem + one)).not.toBe(await taskIdFor("t", stem + other));
    }),
  );
});
