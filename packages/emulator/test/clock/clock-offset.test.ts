import { createEmulator, ManualClock, SystemClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { restoreClockOffset, saveClockOffset } from "../../src/clock/clock-offset.ts";
import { restoreEngine } from "../../src/engine/restore-engine.ts";
import { openSqliteStore } from "../../src/store/sqlite-store.ts";
import { dataDir } from "../support/data-dir.ts";
import { engineBench } from "../support/engine.ts";

const DAY_MS = 86_400_000;

test("the offset of the clock is stored with the data and restored", async () => {
  const directory = dataDir();
  const emulator = await createEmulator({ dataDir: directory });
  await emulator.advance("10d");
  await emulator.reset();
  await emulator.close();
  const clock = new SystemClock();
  const store = await openSqliteStore(directory);
  const { engine } = engineBench();
  const restored = restoreEngine({ ...engine, clock, store });
  restoreClockOffset(restored, clock);
  await store.close();
  expect(clock.ahead).toBeGreaterThanOrEqual(10 * DAY_MS - 1_000);
  expect(clock.now() - Date.now()).toBeLessThan(10 * DAY_MS + 60_000);
});

test("a clock that is further ahead than the stored offset is not changed", () => {
  const { engine } = engineBench();
  const clock = new SystemClock();
  clock.turnTo(clock.now() + DAY_MS);
  saveClockOffset(engine, clock);
  clock.turnTo(clock.now() + DAY_MS);
  const { ahead } = clock;
  restoreClockOffset(engine, clock);
  expect(clock.ahead).toBe(ahead);
});

test("the time of a ManualClock is neither stored nor restored", () => {
  const { engine } = engineBench();
  const clock = new ManualClock(0);
  saveClockOffset(engine, clock);
  expect(engine.values.size).toBe(0);
  restoreClockOffset(engine, clock);
  expect(clock.now()).toBe(0);
});
