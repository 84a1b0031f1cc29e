import { expect, onTestFinished, test, vi } from "vitest";
import { CloudTaskClient, createWorker } from "../../src/index.ts";
import { deliveryOf } from "../support/deliveries.ts";

const SECRET = "correct-horse-battery-staple";

/**
 * How a worker answers a secret, and how many characters of it and of its own it looked at: the work that a stranger could
 * time.
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
  ["in the last", "correct-horse-battery-staplX"],
  ["in the middle", "correct-horse_battery-staple"],
  ["in every one", "X".repeat(SECRET.length)],
  ["in case alone", SECRET.toUpperCase()],
])("a secret that differs %s takes as much work as the right one", async (_, received) => {
  const [status, work] = await workFor(received);
  expect(work).toBe(SECRET.length * 2);
  expect([status, await workFor(SECRET)]).toEqual([403, [200, work]]);
});

test.each([
  ["a shorter one that begins like it", SECRET.slice(0, 8), "X".repeat(8)],
  ["a longer one that begins like it", `${SECRET}x`, "X".repeat(SECRET.length + 1)],
  ["it twice", SECRET.repeat(2), "X".repeat(SECRET.length * 2)],
])("%s takes as much work as any other of its length", async (_, near, far) => {
  expect(await workFor(near)).toEqual([403, near.length * 2]);
  expect(await workFor(far)).toEqual([403, near.length * 2]);
});

test("of a list every secret is compared, whichever fits", async () => {
  const other = "another-secret-of-that-lengt";
  const work = SECRET.length * 4;
  expect(await workFor(SECRET, SECRET, other)).toEqual([200, work]);
  expect(await workFor(SECRET, other, SECRET)).toEqual([200, work]);
  expect(await workFor("X".repeat(SECRET.length), SECRET, other)).toEqual([403, work]);
});

test.each([
  ["twice", `${SECRET}, ${SECRET}`],
  ["in a list of tries", `guess, ${SECRET}`],
  ["with something after it", `${SECRET} x`],
  ["in other quotes", `"${SECRET}"`],
])("the right secret %s is not it", async (_, received) => {
  const [status] = await workFor(received);
  expect(status).toBe(403);
});
