import type { TaskRequest } from "../engine/records.ts";

/** Bytes of all requests to keep, approximately. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Approximate bytes of a request except its body. */
const BYTES_BESIDE_BODY = 1_024;

/** Keeps the requests of the newest tasks in memory. Most tasks are due soon, and their requests need not be read again. */
export class RecentRequests {
  readonly #requests = new Map<number, TaskRequest>();
  #bytes = 0;

  /** @param sequence - the sequence of the task */
  add(sequence: number, request: TaskRequest): void {
    this.#requests.set(sequence, request);
    this.#bytes += bytesOf(request);
    if (this.#bytes <= MAX_BYTES) return;
    for (const oldest of this.#requests.keys()) {
      this.delete(oldest);
      if (this.#bytes <= MAX_BYTES / 2) return;
    }
  }

  get(sequence: number): TaskRequest | undefined {
    return this.#requests.get(sequence);
  }

  delete(sequence: number): void {
    const request = this.#requests.get(sequence);
    if (!request) return;
    this.#requests.delete(sequence);
    this.#bytes -= bytesOf(request);
  }

  clear(): void {
    this.#requests.clear();
    this.#bytes = 0;
  }
}

function bytesOf({ body }: TaskRequest): number {
  return BYTES_BESIDE_BODY + body.length;
}
