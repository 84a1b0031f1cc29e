import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { createTask, listTasks } from "../support/api.ts";
import { dataDir } from "../support/data-dir.ts";
import { startTarget } from "../support/target.ts";

test("an emulator that was advanced keeps its time after a restart: tasks that were due are still due", async () => {
  await using target = await startTarget(200);
  const directory = dataDir();
  const before = await createEmulator({ dataDir: directory, queues: { default: { paused: true } } });
  await before.advance("10d");
  await createTask(before, { url: target.url });
  await before.close();
  await using after = await createEmulator({ dataDir: directory });
  expect(await listTasks(after)).toHaveLength(1);
  await fetch(`${after.url}/v2/${after.queues[0]}:resume`, { method: "POST" });
  await after.idle();
  expect(target.received).toHaveLength(1);
});
