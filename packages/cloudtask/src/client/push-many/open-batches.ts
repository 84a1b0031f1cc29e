import { Batch, type BatchItem } from "./batch.ts";

/** Time without a new task after which the source has paused. */
const PAUSE_MS = 10;

/** A batch is sent after this many times `PAUSE_MS`, even if the source does not pause. */
const MAX_PAUSES = 10;

/** The batches that are not full yet, one for each queue. */
export class OpenBatches {
  readonly #batches = new Map<string, Batch>();
  readonly #onDue: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #added = 0;
  #addedBeforePause = 0;

  /** @param onDue - called if batches may have become due */
  constructor(onDue: () => void) {
    this.#onDue = onDue;
  }

  /** Adds a create to the batch of its queue. Returns the batches that are full. */
  add(item: BatchItem): readonly Batch[] {
    const { path } = item.call;
    const open = this.#batches.get(path);
    const isFull = open !== undefined && !open.accepts(item);
    const batch = open === undefined || isFull ? new Batch(item) : open;
    batch.add(item);
    this.#added += 1;
    if (batch.isFull) this.#batches.delete(path);
    else if (batch !== open) this.#batches.set(path, batch);
    this.#timer ??= setTimeout(() => this.#pause(), PAUSE_MS);
    return [...(isFull ? [open] : []), ...(batch.isFull ? [batch] : [])];
  }

  /**
   * Removes the oldest batch that must be sent now, and returns it.
   *
   * @param all - `true` if no create can follow soon
   */
  take(all: boolean): Batch | undefined {
    for (const batch of this.#batches.values()) {
      if (!all && !batch.due) continue;
      this.#batches.delete(batch.path);
      return batch;
    }
    return undefined;
  }

  /** Ends the wait for further creates. */
  close(): void {
    clearTimeout(this.#timer);
  }

  #pause(): void {
    const isPaused = this.#added === this.#addedBeforePause;
    this.#addedBeforePause = this.#added;
    for (const batch of this.#batches.values()) {
      batch.pauses += 1;
      batch.due ||= isPaused || batch.pauses >= MAX_PAUSES;
    }
    this.#onDue();
    this.#timer = this.#batches.size === 0 ? undefined : setTimeout(() => this.#pause(), PAUSE_MS);
  }
}
