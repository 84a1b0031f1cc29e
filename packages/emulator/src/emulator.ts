import type { Duration } from "cloudtask/internal";
import type { AttemptFinished, EmulatorEvents } from "./emulator-events.ts";
import type { Faults } from "./faults/fault.ts";
import type { AttemptFilter } from "./history/history.ts";

/**
 * How `advance()` treats targets that are slow.
 *
 * @example
 * await emulator.advance("10m", { patience: "200ms" }); // a handler that hangs runs into its deadline soon
 */
export interface AdvanceOptions {
  /**
   * How long, by the machine's time, a target may take to answer before the clock goes on without it, and perhaps past its
   * deadline; default `"5s"`.
   */
  readonly patience?: Duration;
}

/**
 * An emulator that runs. Several in one process do not disturb each other.
 *
 * @example
 * const emulator: Emulator = await createEmulator({ queues: ["default"] });
 * await fetch(`${emulator.url}/v2/${emulator.queues[0]}/tasks`, { method: "POST", body: JSON.stringify({ task }) });
 * await emulator.idle();
 * await emulator.close();
 */
export interface Emulator {
  /** `http://127.0.0.1:8123`: the base of the REST API, and the issuer of its OIDC tokens. */
  readonly url: string;
  /** `127.0.0.1:8123`: what `CLOUD_TASKS_EMULATOR_HOST` and the library's `emulatorHost` expect. */
  readonly host: string;
  /** The project of queues that are named by their id. */
  readonly project: string;
  /** The location of queues that are named by their id. */
  readonly location: string;
  /** The full names of the queues that it was started with. */
  readonly queues: readonly string[];

  /** What is to go wrong: calls of the API, and deliveries. */
  readonly faults: Faults;

  /**
   * Resolves with the reason when the data directory can no longer be written, because the disk is full for example; never
   * where all is well. From then on every call is refused with UNAVAILABLE and nothing is delivered: `close()` it, see to the
   * disk, and start another one. What was acknowledged is kept.
   *
   * @example
   * emulator.failed.then((reason) => console.error(reason.message));
   */
  readonly failed: Promise<Error>;

  /**
   * The attempts of the past, the newest first, also of tasks that are done: what went out, what came back, and what became
   * of it, with secrets and tokens masked. How many are kept is the option `history`.
   *
   * @param filter - which of them; default all
   * @example
   * const [last] = emulator.attempts({ task: "order-1" });
   * expect(last?.response?.status).toBe(200);
   */
  attempts(filter?: AttemptFilter): readonly AttemptFinished[];

  /**
   * Listens to what happens.
   *
   * @param name - `"attempt"`: a request to a target has started or finished; `"task"`: one has come or gone; `"queue"`: one
   *   has come, changed, lost its tasks or gone
   * @param listener - called in place, so it should be quick
   * @returns stops listening
   * @example
   * emulator.on("attempt", (event) => {
   *   if (event.phase === "finished") seen.push(`${event.task} ${event.status} after ${event.durationMs} ms`);
   * });
   */
  on<K extends keyof EmulatorEvents>(name: K, listener: (event: EmulatorEvents[K]) => void): () => void;

  /**
   * Resolves as soon as no attempt is in flight and no task is due: none of a running queue has a schedule time that has
   * come. A task that its queue's rate holds back is due. A retry that waits for its backoff, a task scheduled for later and
   * the tasks of a paused queue are not: `advance()` gets the first two to run. Of an emulator that is closed, it resolves at
   * once: nothing is in flight any more.
   *
   * @example
   * await task.push();
   * await emulator.idle(); // it was delivered, and answered
   */
  idle(): Promise<void>;

  /**
   * Turns the clock ahead, step by step: what comes due on the way, retries included, runs in order of time and is answered
   * before the clock goes on.
   *
   * @param by - `"1h"`, `"30s"`, or milliseconds
   * @param options - how long to wait for targets
   * @throws TypeError where it is not a duration, or leads past the year 9998; Error where the emulator is closed
   * @example
   * await task.push({ delay: "1h" });
   * await emulator.advance("1h");
   */
  advance(by: Duration, options?: AdvanceOptions): Promise<void>;

  /**
   * Back to the start: gives up every attempt in flight, forgets all queues, tasks, names, faults and attempts of the past,
   * and creates the queues of the options anew. Port, listeners, keys and the clock's time stay.
   */
  reset(): Promise<void>;

  /**
   * Stops for good: refuses what is new, gives up the attempts in flight, closes every socket. Nothing of it keeps the process
   * alive after that. Calling it again does nothing more.
   *
   * @throws Error where something could not be written to the data directory, now or before; it is closed all the same
   */
  close(): Promise<void>;

  /** The same as `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
