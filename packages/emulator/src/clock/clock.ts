/**
 * What the emulator takes for the time. All times are milliseconds since the Unix epoch; fractions are kept.
 *
 * `SystemClock` flows with the machine's time and can be turned ahead; `ManualClock` moves only when it is turned.
 *
 * @example
 * const clock: Clock = new ManualClock("2030-01-01T00:00:00Z");
 * await using emulator = await createEmulator({ clock });
 */
export interface Clock {
  /** The time now. */
  now(): number;
  /**
   * Calls back once, as soon as `now()` has reached `at`.
   *
   * @param at - milliseconds since the epoch; in the past means as soon as possible
   * @param callback - called without arguments
   * @returns gives it up
   */
  wakeAt(at: number, callback: () => void): () => void;
  /**
   * Turns the clock ahead, so that `now()` is at least `to`. Never turns it back.
   *
   * @param to - milliseconds since the epoch
   */
  turnTo(to: number): void;
}
