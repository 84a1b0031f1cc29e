import type { EngineState } from "../engine/engine-state.ts";
import { setValue } from "../engine/values.ts";
import type { Clock } from "./clock.ts";
import { SystemClock } from "./system-clock.ts";

const KEY = "clock";

/**
 * Stores how far a `SystemClock` is ahead of the machine, together with the data that was written at that time. The time of any
 * other clock is set by the code that created it, and is not stored.
 */
export function saveClockOffset(engine: EngineState, clock: Clock): void {
  if (clock instanceof SystemClock) setValue(engine, KEY, String(clock.ahead));
}

/** Advances a `SystemClock` to its stored offset. Must be called before the driver starts. */
export function restoreClockOffset(engine: EngineState, clock: Clock): void {
  if (!(clock instanceof SystemClock)) return;
  const ahead = Number(engine.values.get(KEY) ?? 0);
  if (ahead > clock.ahead) clock.turnTo(clock.now() + ahead - clock.ahead);
}

/** Resets a `SystemClock` to the time of the machine. Has no effect on other clocks. */
export function resetClockOffset(engine: EngineState, clock: Clock): void {
  if (!(clock instanceof SystemClock)) return;
  clock.reset();
  saveClockOffset(engine, clock);
}

/** Returns how far a clock is ahead of the machine's time, in milliseconds; negative if it is behind. */
export function clockOffsetMs(clock: Pick<Clock, "now">): number {
  return clock instanceof SystemClock ? clock.ahead : clock.now() - Date.now();
}
