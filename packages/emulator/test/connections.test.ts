import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { call, createTask, queuePath } from "./support/api.ts";
import { hang, startTarget } from "./support/target.ts";

const queues = ["a", "b"].map((name) => ({ name, rate: 500, burst: 500, concurrency: 1000 }));

test("a thousand deliveries at once share connections, and each arrives once", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ queues });
  for (const { name } of queues) await call(emulator, "POST", `${queuePath(emulator, name)}:pause`);
  for (const { name } of queues) {
    await Promise.all(Array.from({ length: 500 }, () => createTask(emulator, { queue: name, url: target.url })));
  }
  for (const { name } of queues) await call(emulator, "POST", `${queuePath(emulator, name)}:resume`);
  await emulator.idle();
  const names = target.received.map(({ headers }) => headers["x-cloudtasks-taskname"]);
  expect([names.length, new Set(names).size]).toEqual([1_000, 1_000]);
  expect(target.connections()).toBeLessThan(500);
});

test("a target that hangs gets as many requests side by side as its queue allows, and blocks no other target", async () => {
  await using hanging = await startTarget(hang);
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ queues });
  await Promise.all(Array.from({ length: 400 }, () => createTask(emulator, { queue: "a", url: hanging.url })));
  await createTask(emulator, { queue: "b", url: target.url });
  await target.count(1);
  await hanging.count(400);
  expect(hanging.connections()).toBe(400);
});
