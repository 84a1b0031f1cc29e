import { LONGEST_TIMER_MS } from "cloudtask/internal";
import { checkTurn } from "../clock/check-turn.ts";
import type { Clock } from "../clock/clock.ts";
import type { Driver } from "./driver.ts";

/** A step of the clock, and whom it waits for. */
interface Turn {
  readonly driver: Driver;
  readonly clock: Clock;
  readonly byMs: number;
  /** How long, by the machine's time, a step waits for the answers of its attempts before the clock goes on. */
  readonly targetTimeoutMs: number;
}

/**
 * Turns the clock ahead step by step: to the next moment at which something is due, until that is answered, then on. So
 * tasks run in order of time, and so do the retries that come due on the way.
 *
 * A target that takes longer than the target timeout is left behind: the clock goes on without it, and may reach its deadline.
 * Without that, a handler that hangs could never time out.
 *
 * @throws Error where the driver is closed already; TypeError where the clock cannot be turned so far
 */
export async function advance(turn: Turn): Promise<void> {
  const { driver, clock } = turn;
  if (driver.closed) throw new Error("emulator.advance: the emulator is closed, and delivers nothing any more");
  const target = clock.now() + turn.byMs;
  checkTurn(target, "emulator.advance");
  const leftBehind = new Set<unknown>();
  await settle(turn, leftBehind);
  for (;;) {
    const next = driver.nextEventAt();
    if (next > target || driver.closed) break;
    driver.turnTo(next);
    await settle(turn, leftBehind);
  }
  driver.turnTo(target);
  driver.run();
  await driver.kept();
}

async function settle({ driver, targetTimeoutMs }: Turn, leftBehind: Set<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(targetTimeoutMs, LONGEST_TIMER_MS));
  });
  driver.run();
  const answered = driver.until(() => driver.inFlight().every((attempt) => leftBehind.has(attempt)));
  await Promise.race([answered, timeout]);
  clearTimeout(timer);
  for (const attempt of driver.inFlight()) leftBehind.add(attempt);
}
