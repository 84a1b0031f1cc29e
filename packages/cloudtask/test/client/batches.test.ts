import { expect, test } from "vitest";
import { startClockedScene } from "../support/clocked-scene.ts";

const WINDOW = "1m";

test("in a batch, a debounced task replaces that of the window before", async () => {
  const { client, emulator, advance } = await startClockedScene();
  const ran: string[] = [];
  const sync = client.task("sync", {
    debounce: { key: ({ account }) => account, window: WINDOW },
    run: ({ account, at }: { account: string; at: number }) => void ran.push(`${account} ${at}`),
  });
  const accounts = Array.from({ length: 150 }, (_, index) => `account-${index}`);
  await client.pushMany(accounts.map((account) => sync({ account, at: 1 })));
  await advance(WINDOW);
  const again = await client.pushMany(accounts.slice(0, 120).map((account) => sync({ account, at: 2 })));
  expect(again.filter(({ result }) => result.deduplicated)).toEqual([]);
  await advance("10m");
  await emulator.idle();
  const expected = accounts.map((account, index) => `${account} ${index < 120 ? 2 : 1}`);
  expect(ran.toSorted()).toEqual(expected.toSorted());
});

test("tasks that run already, or exist, are duplicates, also beside new ones in their batch", async () => {
  const { client, emulator } = await startClockedScene();
  const ran: number[] = [];
  const task = client.task("t", { dedupe: true, run: (payload: number) => void ran.push(payload) });
  await task(1).push();
  await task(3).push({ delay: "1h" });
  await emulator.idle();
  const results = await client.pushMany([0, 1, 2, 3, 2].map(task));
  expect(results.map(({ result }) => result.deduplicated)).toEqual([false, true, false, true, true]);
  await emulator.idle();
  expect(ran.toSorted()).toEqual([0, 1, 2]);
});

test("deferred pushes to several queues are sent in batches, each to its queue", async () => {
  const { client, emulator } = await startClockedScene();
  const [location = ""] = emulator.queues[0]?.split("/queues/") ?? [];
  for (const queue of ["queue-0", "queue-1"]) {
    const body = JSON.stringify({ name: `${location}/queues/${queue}` });
    await fetch(`${emulator.url}/v2/${location}/queues`, { method: "POST", body });
  }
  const ran: string[] = [];
  const task = client.task("t", (payload: number, { delivery }) => void ran.push(`${payload} ${delivery.queue}`));
  const pushed = await client.deferPushes(() => {
    return Promise.all([0, 1, 2, 3].map((payload) => task(payload).push({ queue: `queue-${payload % 2}` })));
  });
  await emulator.idle();
  expect(pushed.map(({ deferred, queue }) => `${deferred} ${queue}`)).toEqual([
    "true queue-0",
    "true queue-1",
    "true queue-0",
    "true queue-1",
  ]);
  expect(ran.toSorted()).toEqual(["0 queue-0", "1 queue-1", "2 queue-0", "3 queue-1"]);
});
