import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { addQueue, addTask, engineBench } from "../../test/support/engine.ts";
import { purgeQueue } from "../engine/delete-queue.ts";
import { EventHub } from "../event-hub.ts";
import { AttemptHistory } from "../history/attempt-history.ts";
import { SecretNames } from "../history/masking/secret-names.ts";
import { Stats } from "../history/stats/stats.ts";
import { Driver } from "./driver.ts";

const COOLDOWN_MS = 3_600_000;
const TURNS = 20;

test("the names of purged tasks are released when they are free again, even if nothing else happens", async () => {
  const bench = engineBench({ taskCooldownMs: COOLDOWN_MS });
  const { engine, clock, store } = bench;
  const queue = addQueue(bench);
  for (let index = 0; index < 3_000; index += 1) addTask(bench, queue, `t${index}`, 60_000);
  const driver = new Driver({
    engine,
    clock,
    events: new EventHub(),
    history: new AttemptHistory({ attempts: 1, bodyBytes: 1 }),
    stats: new Stats(),
    bodyBytes: 1,
    secretNames: new SecretNames(),
    send: () => Promise.reject(new Error("no task is due")),
  });
  purgeQueue(engine, queue);
  driver.changed();
  const names = async (): Promise<number> => {
    for (let turn = 0; turn < TURNS; turn += 1) await setImmediate();
    return [...store.load().tombstones].length;
  };
  expect(await names()).toBe(3_000);
  clock.advance(COOLDOWN_MS - 1);
  expect(await names()).toBe(3_000);
  clock.advance(1);
  expect(await names()).toBe(0);
  expect(queue.purges).toEqual([]);
  driver.close();
});
