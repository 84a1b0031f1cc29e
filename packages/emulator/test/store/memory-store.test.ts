import { expect, test } from "vitest";
import { MemoryStore } from "../../src/store/memory-store.ts";
import { storeSuite } from "./store-suite.ts";

storeSuite("memory", async () => new MemoryStore());

test("deleting a queue is fast, however many tombstones other queues have", () => {
  const store = new MemoryStore();
  for (let task = 0; task < 100_000; task += 1) {
    store.putTombstone({ name: `projects/p/locations/l/queues/big/tasks/${task}`, named: true, reusableAt: 1 });
  }
  const started = performance.now();
  for (let queue = 0; queue < 3_000; queue += 1) store.deleteQueue(`projects/p/locations/l/queues/q${queue}`);
  expect(performance.now() - started).toBeLessThan(500);
});
