import { createEmulator, ManualClock, SystemClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { keepClock, restoreClock } from "../../src/clock/kept-clock.ts";
import { restoreEngine } from "../../src/engine/restore-engine.ts";
import { openSqliteStore } from "../../src/store/sqlite-store.ts";
import { dataDir } from "../support/data-dir.ts";
import { engineBench } from "../support/engine.ts";

const DAY_MS = 86_400_000;

test("how far the clock was turned is kept with the data, and turned again from there", async () => {
  const directory = dataDir();
  const emulator = await createEmulator({ dataDir: directory });
  await emulator.advance("10d");
  await emulator.reset();
  await emulator.close();
  const clock = new SystemClock();
  const store = await openSqliteStore(directory);
  const { engine } = engineBench();
  const restored = restoreEngine({ ...engine, clock, store });
  restoreClock(restored, clock);
  await store.close();
  expect(clock.ahead).toBeGreaterThanOrEqual(10 * DAY_MS - 1_000);
  expect(clock.now() - Date.now()).toBeLessThan(10 * DAY_MS + 60_000);
});

test("a clock that is further ahead already stays as it is", () => {
  const { engine } = engineBench();
  const clock = new SystemClock();
  clock.turnTo(clock.now() + DAY_MS);
  keepClock(engine, clock);
  clock.turnTo(clock.now() + DAY_MS);
  const { ahead } = clock;
  restoreClock(engine, clock);
  expect(clock.ahead).toBe(ahead);
});

test("a clock that was given is neither kept nor turned", () => {
  const { engine } = engineBench();
  const clock = new ManualClock(0);
  keepClock(engine, clock);
  expect(engine.values.size).toBe(0);
  restoreClock(engine, clock);
  expect(clock.now()).toBe(0);
});
