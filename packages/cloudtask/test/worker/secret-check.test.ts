import { expect, onTestFinished, test, vi } from "vitest";
import { CloudTaskClient, createWorker } from "../../src/index.ts";
import { deliveryOf } from "../support/deliveries.ts";

const SECRET = "correct-horse-battery-staple";

/**
 * Delivers a secret and returns the status, with the number of characters that the worker compared. An unauthenticated caller
 * could measure the time of that work.
 */
async function workFor(received: string, ...secrets: readonly string[]): Promise<readonly [number, number]> {
  const all = secrets.length === 0 ? [SECRET] : secrets;
  const client = new CloudTaskClient({ url: "http://worker.test/", secret: all });
  client.task("ok", () => 1);
  const worker = createWorker(client);
  const request = deliveryOf({ task: "ok" }, { "X-CloudTask-Secret": received });
  const looks = vi.spyOn(String.prototype, "charCodeAt");
  onTestFinished(() => looks.mockRestore());
  const { status } = await worker.fetch(request);
  const compared = looks.mock.contexts.filter((text) => [received, ...all].includes(String(text))).length;
  looks.mockRestore();
  return [status, compared];
}

test.each([
  ["in the first character", "Xorrect-horse-battery-staple"],
  ["in the last character", "correct-horse-battery-staplX"],
  ["in the middle", "correct-horse_battery-staple"],
  ["in every character", "X".repeat(SECRET.length)],
  ["only in case", SECRET.toUpperCase()],
])("a secret that differs %s takes as much work as the correct one", async (_, received) => {
  const [status, work] = await workFor(received);
  expect(work).toBe(SECRET.length * 2);
  expect([status, await workFor(SECRET)]).toEqual([403, [200, work]]);
});

test.each([
  ["a prefix of the secret", SECRET.slice(0, 8), "X".repeat(8)],
  ["the secret with one more character", `${SECRET}x`, "X".repeat(SECRET.length + 1)],
  ["the secret repeated", SECRET.repeat(2), "X".repeat(SECRET.length * 2)],
])("%s takes as much work as any other value of its length", async (_, near, far) => {
  expect(await workFor(near)).toEqual([403, near.length * 2]);
  expect(await workFor(far)).toEqual([403, near.length * 2]);
});

test("all secrets of a list are compared, also after a match", async () => {
  const other = "another-secret-of-that-lengt";
  const work = SECRET.length * 4;
  expect(await workFor(SECRET, SECRET, other)).toEqual([200, work]);
  expect(await workFor(SECRET, other, SECRET)).toEqual([200, work]);
  expect(await workFor("X".repeat(SECRET.length), SECRET, other)).toEqual([403, work]);
});

test.each([
  ["sent twice", `${SECRET}, ${SECRET}`],
  ["in a list of guesses", `guess, ${SECRET}`],
  ["with a suffix", `${SECRET} x`],
  ["in quotes", `"${SECRET}"`],
])("the correct secret %s is rejected", async (_, received) => {
  const [status] = await workFor(received);
  expect(status).toBe(403);
});
