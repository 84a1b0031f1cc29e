import type { ApiAnswer } from "../../transport/transport.ts";
import type { CreateCall, CreateTarget, PushBatches } from "../push/push-batches.ts";
import type { Batch, BatchItem } from "./batch.ts";
import { refusesBatches, rememberRefusal } from "./batch-support.ts";
import { CallQueue, type QueuedCall } from "./call-queue.ts";
import { NameClaims } from "./name-claims.ts";
import { OpenBatches } from "./open-batches.ts";
import { sendBatch } from "./send-batch.ts";

/** Options of `Batches`. */
export interface BatchesOptions {
  /** The maximum number of calls in progress. Default 32, or 8 batches. */
  readonly concurrency?: number | undefined;
  /** `false` creates each task with a call of its own. */
  readonly batch: boolean;
  /** Aborts the batches. */
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_CONCURRENCY = 32;

/**
 * The weight of a batch in the default concurrency, so 8 batches are in progress. They create several thousand tasks per second. With
 * more of them, so many tasks would be in memory that the garbage collector would take a third of the time.
 */
const DEFAULT_BATCH_WEIGHT = 4;

/** Tasks that are being checked and encoded at the same time. */
const MAX_PREPARING = 100;

/** The pushes in progress for each call: one batch. */
const TASKS_PER_CALL = 100;

/**
 * Runs many pushes, collects their creates in batches, and sends a limited number of calls at the same time.
 *
 * A batch is sent when it is full. It is sent earlier if no further create can join it soon: at the end of the source, if the
 * number of pushes in progress is at its limit, after a pause of the source, or after 100 ms.
 */
export class Batches implements PushBatches {
  readonly #options: BatchesOptions;
  readonly #concurrency: number;
  readonly #batchWeight: number;
  readonly #claims = new NameClaims();
  readonly #open = new OpenBatches(() => this.#calls.advance());
  readonly #calls: CallQueue;
  /** Pushes in progress. */
  #pushes = 0;
  /** The pushes among them that wait for a call. */
  #waiting = 0;
  #state: "reading" | "full" | "ended" = "reading";
  #wake: () => void = () => undefined;

  constructor(options: BatchesOptions) {
    const { concurrency = DEFAULT_CONCURRENCY } = options;
    this.#options = options;
    this.#concurrency = concurrency;
    this.#batchWeight = options.concurrency === undefined ? DEFAULT_BATCH_WEIGHT : 1;
    this.#calls = new CallQueue(
      concurrency,
      () => this.#nextOpen(),
      () => this.#wake(),
    );
  }

  /**
   * Runs a push for each item of a source, and reads the source only as fast as it pushes.
   *
   * @param read - returns the next item; `undefined` at the end
   * @param push - pushes an item; never rejects
   */
  async each<Item>(
    read: () => Item | undefined | Promise<Item | undefined>,
    push: (item: Item) => Promise<void>,
  ): Promise<void> {
    for (;;) {
      if (!this.#hasRoom()) await this.#until("full", () => this.#hasRoom());
      this.#state = "reading";
      const reading = read();
      const item = reading instanceof Promise ? await reading : reading;
      if (item === undefined) break;
      this.#start(push(item));
    }
    await this.#until("ended", () => this.#pushes === 0);
    this.#open.close();
  }

  /** Rejects all creates and deliveries that have not started, and all that follow. */
  stop(error: unknown): void {
    this.#calls.stop(error);
    for (let call = this.#nextOpen(true); call !== undefined; call = this.#nextOpen(true)) call.cancel?.(error);
  }

  create(call: CreateCall, target: CreateTarget): Promise<ApiAnswer> {
    const { transport, single } = target;
    const isAlone = single || !this.#options.batch || this.#calls.isStopped;
    if (isAlone || refusesBatches(transport, call.path)) {
      return this.alone(() => transport.call(call));
    }
    return this.#wait((resolve, reject) => {
      const item = this.#claims.claim({ call, target, resolve, reject }, (waited) => this.#addAlone(waited));
      if (item !== undefined) this.#add(item);
    });
  }

  alone<T>(run: () => Promise<T>): Promise<T> {
    return this.#wait((resolve, reject) => {
      this.#calls.add({ size: 0, run: () => run().then(resolve, reject), cancel: reject });
    });
  }

  follow<T>(run: () => Promise<T>): Promise<T> {
    return this.#wait((resolve, reject) => {
      this.#calls.add({ size: 0, run: () => run().then(resolve, reject) });
    });
  }

  #start(push: Promise<void>): void {
    this.#pushes += 1;
    push.then(this.#end, this.#end);
  }

  readonly #end = (): void => {
    this.#pushes -= 1;
    this.#calls.advance();
  };

  #wait<T>(start: (resolve: (value: T) => void, reject: (error: unknown) => void) => void): Promise<T> {
    this.#waiting += 1;
    return new Promise((resolve, reject) => {
      start(
        (value) => {
          this.#waiting -= 1;
          resolve(value);
        },
        (error) => {
          this.#waiting -= 1;
          reject(error);
        },
      );
    });
  }

  #add(item: BatchItem): void {
    for (const batch of this.#open.add(item)) this.#calls.add(this.#callOf(batch));
    this.#calls.advance();
  }

  /** Sends a create on its own. `onSuccess` is called if the API accepted it. */
  #addAlone({ call, target, resolve, reject }: BatchItem, onSuccess?: () => void): void {
    const run = async (): Promise<void> => {
      try {
        resolve(await target.transport.call(call));
        onSuccess?.();
      } catch (error) {
        reject(error);
      }
    };
    this.#calls.add({ size: call.body.length, run, cancel: reject });
  }

  #callOf(batch: Batch): QueuedCall {
    const cancel = (error: unknown): void => {
      for (const { reject } of batch.items) reject(error);
    };
    const run = async (): Promise<void> => {
      try {
        await this.#send(batch);
      } catch (error) {
        cancel(error);
      }
    };
    return { size: batch.size, weight: this.#batchWeight, run, cancel };
  }

  async #send(batch: Batch): Promise<void> {
    const { target, path } = batch;
    const { items, refusal } = await sendBatch(batch, this.#options.signal);
    // If the create on its own fails too, the API did not refuse the batch for being one.
    const onSuccess = refusal && (() => rememberRefusal(target.transport, path, refusal));
    for (const item of items) this.#addAlone(item, onSuccess);
  }

  /** Returns the oldest batch that is not full but must not wait longer. */
  #nextOpen(all: boolean = this.#isLast()): QueuedCall | undefined {
    const batch = this.#open.take(all);
    return batch && this.#callOf(batch);
  }

  /** Checks whether no further create can follow before a call has ended. */
  #isLast(): boolean {
    if (this.#pushes !== this.#waiting) return false;
    return this.#state === "ended" || (this.#state === "full" && !this.#hasRoom());
  }

  #hasRoom(): boolean {
    if (!this.#options.batch) return this.#pushes < this.#concurrency;
    const isPreparing = this.#pushes - this.#waiting < MAX_PREPARING;
    const calls = this.#concurrency / this.#batchWeight;
    return isPreparing && this.#calls.isEmpty && this.#pushes < (calls + 1) * TASKS_PER_CALL;
  }

  /** Stops reading until a condition is met. */
  #until(state: "full" | "ended", isMet: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#state = state;
      this.#wake = () => {
        if (!isMet()) return;
        this.#wake = () => undefined;
        resolve();
      };
      this.#calls.advance();
    });
  }
}
