import { MAX_BATCH_SIZE } from "./batch.ts";

/** A call that waits for its turn. */
export interface QueuedCall {
  /** The size of its request, in characters. */
  readonly size: number;
  /** The part of the concurrency that it takes. Default 1. */
  readonly weight?: number;
  /** Never rejects. */
  run(): Promise<void>;
  /** Ends the call before it runs. A call without it runs in any event. */
  cancel?(error: unknown): void;
}

/** The size of all requests in progress, in characters. It limits the memory for tasks of the maximum size. */
const MAX_SIZE_IN_PROGRESS = 16 * MAX_BATCH_SIZE;

/** Runs calls in order, a limited number of them at the same time. */
export class CallQueue {
  readonly #concurrency: number;
  readonly #more: () => QueuedCall | undefined;
  readonly #onChange: () => void;
  #calls: QueuedCall[] = [];
  /** The weights of the calls in progress. */
  #running = 0;
  #size = 0;
  #stopped: { readonly error: unknown } | undefined;

  /**
   * @param concurrency - the maximum weight of the calls in progress
   * @param more - returns a further call if none waits here
   * @param onChange - called after calls have started or ended
   */
  constructor(concurrency: number, more: () => QueuedCall | undefined, onChange: () => void) {
    this.#concurrency = concurrency;
    this.#more = more;
    this.#onChange = onChange;
  }

  /** `true` if no call waits here. */
  get isEmpty(): boolean {
    return this.#calls.length === 0;
  }

  /** `true` after `stop()`. */
  get isStopped(): boolean {
    return this.#stopped !== undefined;
  }

  add(call: QueuedCall): void {
    if (this.#stopped !== undefined && call.cancel !== undefined) {
      call.cancel(this.#stopped.error);
      return;
    }
    this.#calls.push(call);
    this.advance();
  }

  /** Starts as many calls as possible. */
  advance(): void {
    for (let call = this.#next(); call !== undefined; call = this.#next()) void this.#run(call);
    this.#onChange();
  }

  /** Cancels all calls that have not started, and all that follow. */
  stop(error: unknown): void {
    this.#stopped = { error };
    const calls = this.#calls;
    this.#calls = calls.filter(({ cancel }) => cancel === undefined);
    for (const { cancel } of calls) cancel?.(error);
  }

  #next(): QueuedCall | undefined {
    const { size = 0, weight = 1 } = this.#calls[0] ?? {};
    const hasRoom = this.#running + weight <= this.#concurrency && this.#size + size <= MAX_SIZE_IN_PROGRESS;
    if (this.#running > 0 && !hasRoom) return undefined;
    return this.#calls.shift() ?? this.#more();
  }

  async #run(call: QueuedCall): Promise<void> {
    const { size, weight = 1 } = call;
    this.#running += weight;
    this.#size += size;
    await call.run();
    this.#running -= weight;
    this.#size -= size;
    this.advance();
  }
}
