import type { EngineState } from "../engine/engine-state.ts";
import { setValue } from "../engine/values.ts";
import type { Clock } from "./clock.ts";
import { SystemClock } from "./system-clock.ts";

const KEY = "clock";

/**
 * Keeps how far the clock was turned ahead of the machine's, beside what was written by it. Only a `SystemClock` is kept:
 * with another, whoever made it says what time it is.
 */
export function keepClock(engine: EngineState, clock: Clock): void {
  if (clock instanceof SystemClock) setValue(engine, KEY, String(clock.ahead));
}

/** Turns a `SystemClock` as far ahead as it was when it was kept; to be called before the driver starts. */
export function restoreClock(engine: EngineState, clock: Clock): void {
  if (!(clock instanceof SystemClock)) return;
  const ahead = Number(engine.values.get(KEY) ?? 0);
  if (ahead > clock.ahead) clock.turnTo(clock.now() + ahead - clock.ahead);
}
