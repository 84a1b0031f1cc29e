import { createEmulator, SystemClock } from "@cloudtask/emulator";
import { expect, onTestFinished, test, vi } from "vitest";
import { createTask } from "../support/api.ts";
import { hang, startTarget } from "../support/target.ts";

/** Moves the machine's time ahead while timers do not notice, as after a laptop has slept. */
function sleepLaptop(byMs: number): void {
  const { now } = Date;
  const spy = vi.spyOn(Date, "now").mockImplementation(() => now() + byMs);
  onTestFinished(() => spy.mockRestore());
}

test("a call is due within seconds after the machine has slept", async () => {
  const clock = new SystemClock();
  const called = new Promise<void>((resolve) => void clock.wakeAt(clock.now() + 1_800_000, resolve));
  sleepLaptop(1_800_000);
  await called;
});

test("a task that became due while the machine slept is delivered, without other activity", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator();
  await createTask(emulator, { url: target.url, delaySeconds: 1_800 });
  sleepLaptop(3_600_000);
  await target.count(1);
});

test("a deadline that passed while the machine slept ends its attempt", async () => {
  await using target = await startTarget(hang);
  await using emulator = await createEmulator({ queues: { default: { retry: { maxAttempts: 1 } } } });
  await createTask(emulator, { url: target.url });
  await target.count(1);
  sleepLaptop(601_000);
  await emulator.idle();
  expect(emulator.attempts()).toMatchObject([{ error: "deadline exceeded", outcome: "exhausted" }]);
});
