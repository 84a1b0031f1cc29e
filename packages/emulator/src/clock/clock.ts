/**
 * The time of an emulator. All times are milliseconds since the Unix epoch, and may have fractions.
 *
 * A `SystemClock` follows the time of the machine and can be advanced. A `ManualClock` moves only when it is advanced.
 *
 * @example
 * const clock: Clock = new ManualClock("2030-01-01T00:00:00Z");
 * await using emulator = await createEmulator({ clock });
 */
export interface Clock {
  /** Returns the current time in milliseconds since the epoch. */
  now(): number;
  /**
   * Calls `callback` once, when `now()` has reached `at`.
   *
   * @param at - milliseconds since the epoch; a time in the past means as soon as possible
   * @param callback - called without arguments
   * @returns a function that cancels the call
   */
  wakeAt(at: number, callback: () => void): () => void;
  /**
   * Advances the clock until `now()` is at least `to`. A time in the past has no effect.
   *
   * @param to - milliseconds since the epoch
   */
  turnTo(to: number): void;
}
