import type { Duration } from "cloudtask/internal";
import type { AttemptFinished, EmulatorEvents } from "./emulator-events.ts";
import type { Faults } from "./faults/fault.ts";
import type { AttemptFilter } from "./history/history.ts";

/**
 * Options of `emulator.advance()`.
 *
 * @example
 * await emulator.advance("10m", { targetTimeout: "200ms" }); // a handler that hangs reaches its deadline soon
 */
export interface AdvanceOptions {
  /**
   * The longest time to wait for a target's answer before the clock moves on, in real time, not in the emulator's; default
   * `"5s"`. The attempt keeps running, and its deadline may pass during the advance.
   */
  readonly targetTimeout?: Duration;
}

/**
 * Options of `emulator.reset()`.
 *
 * @example
 * await emulator.reset({ clock: true }); // undoes every `advance()`
 */
export interface ResetOptions {
  /** `true` to reset a `SystemClock` to the machine's time; default `false`. Other clocks are not changed. */
  readonly clock?: boolean;
}

/**
 * A running emulator. Several emulators in one process are independent of each other.
 *
 * @example
 * const emulator: Emulator = await createEmulator({ queues: ["default"] });
 * await fetch(`${emulator.url}/v2/${emulator.queues[0]}/tasks`, { method: "POST", body: JSON.stringify({ task }) });
 * await emulator.idle();
 * await emulator.close();
 */
export interface Emulator {
  /** The base URL of the REST API and the default issuer of OIDC tokens, such as `http://127.0.0.1:8123`. */
  readonly url: string;
  /** Host and port, such as `127.0.0.1:8123`, for the variable `CLOUD_TASKS_EMULATOR_HOST` and the library's `emulatorHost`. */
  readonly host: string;
  /** The project of the queues that are given by id. */
  readonly project: string;
  /** The location of the queues that are given by id. */
  readonly location: string;
  /** The full names of the queues of the option `queues`. */
  readonly queues: readonly string[];

  /**
   * The milliseconds by which the emulator's clock is ahead of the machine's time, after `advance()` or with a clock of your own.
   */
  readonly clockOffsetMs: number;

  /** Makes API calls and deliveries fail, to test how your code handles it. */
  readonly faults: Faults;

  /**
   * Resolves with the reason when the data directory can no longer be written, for example because the disk is full. It
   * stays pending otherwise. After a failure every API call is rejected with UNAVAILABLE and nothing is delivered. Close the
   * emulator, fix the disk and start a new one; everything that the emulator confirmed is still there.
   *
   * @example
   * emulator.failed.then((reason) => console.error(reason.message));
   */
  readonly failed: Promise<Error>;

  /**
   * Returns finished attempts, the newest first, including those of tasks that no longer exist. Each contains the request, the
   * response and the outcome; secrets and tokens are masked. The option `history` limits their number.
   *
   * @param filter - restricts the result; all attempts by default
   * @example
   * const [last] = emulator.attempts({ task: "order-1" });
   * expect(last?.response?.status).toBe(200);
   */
  attempts(filter?: AttemptFilter): readonly AttemptFinished[];

  /**
   * Adds a listener for an event.
   *
   * @param name - `"attempt"`: a delivery attempt started or finished; `"task"`: a task was created or deleted;
   *   `"nameTaken"`: a task was not created, because its name is taken; `"queueNotFound"`: a call was rejected, because its
   *   queue does not exist; `"queue"`: a queue was created, changed, purged or deleted
   * @param listener - called synchronously, so it should return quickly
   * @returns a function that removes the listener
   * @example
   * emulator.on("attempt", (event) => {
   *   if (event.phase === "finished") seen.push(`${event.task} ${event.status} after ${event.durationMs} ms`);
   * });
   */
  on<K extends keyof EmulatorEvents>(name: K, listener: (event: EmulatorEvents[K]) => void): () => void;

  /**
   * Waits until no attempt is running and no task is due. A task is due if its queue is running and its schedule time has
   * passed, even if the queue's rate limit delays it. Retries that wait for their backoff, tasks scheduled for later and tasks
   * of paused queues are not due; `advance()` runs the first two. Resolves at once after `close()`.
   *
   * @example
   * await task.push();
   * await emulator.idle(); // the task was delivered and answered
   */
  idle(): Promise<void>;

  /**
   * Advances the clock, step by step. Tasks and retries that become due on the way run in order of time, and the clock waits for
   * their answers before it advances further.
   *
   * @param by - `"1h"`, `"30s"`, or milliseconds
   * @param options - the time limit for slow targets
   * @throws TypeError if `by` is not a duration or the clock would pass the year 9998; Error if the emulator is closed
   * @example
   * await task.push({ delay: "1h" });
   * await emulator.advance("1h");
   */
  advance(by: Duration, options?: AdvanceOptions): Promise<void>;

  /**
   * Resets the emulator: aborts all running attempts, deletes all queues, tasks, task names, faults and finished attempts, and
   * creates the queues of the options again. The port, the listeners and the signing keys stay. The clock keeps its time, unless
   * `options.clock` is `true`.
   *
   * @param options - `clock: true` also resets the clock
   */
  reset(options?: ResetOptions): Promise<void>;

  /**
   * Stops the emulator: rejects new calls, aborts running attempts and closes every socket. A closed emulator does not keep
   * the process alive. Further calls return the same promise.
   *
   * @throws Error if data could not be written to the data directory, now or earlier; the emulator is closed anyway
   */
  close(): Promise<void>;

  /** Calls `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
