import { LONGEST_TIMER_MS } from "cloudtask/internal";
import { checkClockTime } from "../clock/check-clock-time.ts";
import type { Clock } from "../clock/clock.ts";
import type { Driver } from "./driver.ts";

interface AdvanceContext {
  readonly driver: Driver;
  readonly clock: Clock;
  readonly byMs: number;
  /** Real time, in milliseconds, to wait for the answers of each step before the clock moves on. */
  readonly targetTimeoutMs: number;
  /** Ends the advance. The clock then stays where it is. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Advances the clock step by step. Each step goes to the next time at which something is due, and waits until the attempts
 * of that time are answered. Tasks, and retries that become due on the way, therefore run in order of time.
 *
 * If a target takes longer than `targetTimeoutMs`, the clock moves on without its answer, possibly beyond the deadline of the
 * attempt. Otherwise a handler that hangs could never time out.
 *
 * @throws Error if the driver is closed; TypeError if the clock cannot be advanced that far
 */
export async function advance(context: AdvanceContext): Promise<void> {
  const { driver, clock } = context;
  if (driver.closed) throw new Error("emulator.advance: the emulator is closed");
  const target = clock.now() + context.byMs;
  checkClockTime(target, "emulator.advance");
  const abandoned = new Set<unknown>();
  await settle(context, abandoned);
  for (;;) {
    const next = driver.nextEventAt();
    if (context.signal?.aborted) return driver.flushed();
    if (next > target || driver.closed) break;
    driver.advanceTo(next);
    await settle(context, abandoned);
  }
  driver.advanceTo(target);
  driver.run();
  await driver.flushed();
}

async function settle({ driver, targetTimeoutMs, signal }: AdvanceContext, abandoned: Set<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(targetTimeoutMs, LONGEST_TIMER_MS));
  });
  driver.run();
  const answered = driver.waitUntil(() => driver.inFlight().every((attempt) => abandoned.has(attempt)), signal);
  await Promise.race([answered, timeout]);
  clearTimeout(timer);
  for (const attempt of driver.inFlight()) abandoned.add(attempt);
}
