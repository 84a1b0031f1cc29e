import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { createTask } from "../support/api.ts";
import { hang, startTarget } from "../support/target.ts";

const queue = { rate: 500, burst: 500, concurrency: 1000 };
const queues = { a: queue, b: queue };

test("a hanging target receives as many parallel requests as its queue allows, and does not block other targets", async () => {
  await using hanging = await startTarget(hang);
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ queues });
  await Promise.all(Array.from({ length: 400 }, () => createTask(emulator, { queue: "a", url: hanging.url })));
  await createTask(emulator, { queue: "b", url: target.url });
  await target.count(1);
  await hanging.count(400);
  expect(hanging.connections()).toBe(400);
});
