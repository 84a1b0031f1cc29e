import { backoffMs } from "../core/backoff.ts";
import { fromBase64 } from "../core/base64.ts";
import { lastSegment } from "../core/resource-name.ts";
import { type Envelope, parseEnvelope } from "../payload/codec.ts";
import type { Serializer } from "../payload/serializer.ts";
import type { WorkerAnswer } from "../worker/incoming-request.ts";
import type { CreateTaskRequest, RequestedTask } from "./create-task-request.ts";

/** A task as Cloud Tasks stores it, with the results of its attempts so far. */
export class StoredTask {
  readonly requested: RequestedTask;
  readonly name: string;
  readonly id: string;
  /** The id of the queue. */
  readonly queue: string;
  /** The position in creation order. Of two tasks that are due at the same time, the older one runs first. */
  readonly order: number;
  readonly createdMs: number;
  readonly scheduleMs: number;
  /** The time of the next attempt. */
  dueMs: number;
  /** The time of the first attempt, in milliseconds since the epoch. */
  firstAttemptMs: number | undefined = undefined;
  /** The number of failed attempts. */
  failures = 0;
  /** As Cloud Tasks counts it: for an HTTP task, 5xx responses do not count. */
  executionCount = 0;
  /** The HTTP status of the previous attempt. */
  previousResponse: number | undefined = undefined;
  /** `true` while an attempt is running. */
  running = false;
  /** `true` after the task was delivered or deleted. */
  finished = false;
  /** The body in base64, and as text after it was first read. */
  #encodedBody: string;
  #body: string | undefined = undefined;

  /** Creates the stored form of a task, before its first attempt. */
  constructor(
    { task, body }: CreateTaskRequest,
    queueName: string,
    { nowMs, order }: { readonly nowMs: number; readonly order: number },
  ) {
    const id = task.name === undefined ? randomId() : lastSegment(task.name);
    this.requested = task;
    this.name = task.name ?? `${queueName}/tasks/${id}`;
    this.id = id;
    this.queue = lastSegment(queueName);
    this.order = order;
    this.createdMs = nowMs;
    this.scheduleMs = task.scheduleMs ?? nowMs;
    this.dueMs = this.scheduleMs;
    this.#encodedBody = body;
  }

  get body(): string {
    if (this.#body === undefined) {
      this.#body = textOf(this.#encodedBody);
      // It is a part of the text of the whole request, which would stay in memory.
      this.#encodedBody = "";
    }
    return this.#body;
  }

  /** Updates the counters and the time of the next attempt after a failed attempt, as Cloud Tasks does. */
  recordFailure({ status, headers }: WorkerAnswer, nowMs: number): void {
    const { kind, retry } = this.requested;
    this.failures += 1;
    if (kind === "appEngine" || status < 500) this.executionCount += 1;
    this.previousResponse = status;
    const retryAfterMs = Number(headers["Retry-After"] ?? 0) * 1000;
    this.dueMs = nowMs + Math.max(backoffMs(retry, this.failures), retryAfterMs);
  }

  /** Checks whether Cloud Tasks makes no further attempt. If there are two limits, both must be reached. */
  isExhausted(nowMs: number): boolean {
    const { maxAttempts, maxRetryDurationMs } = this.requested.retry;
    if (maxAttempts === -1 && maxRetryDurationMs === 0) return false;
    const elapsedMs = nowMs - (this.firstAttemptMs ?? nowMs);
    return (maxAttempts === -1 || this.failures >= maxAttempts) && elapsedMs >= maxRetryDurationMs;
  }
}

/** Decodes base64 of UTF-8. */
function textOf(base64: string): string {
  // Buffer needs a fourth of the time, but not every runtime has it.
  if (typeof Buffer === "function") return Buffer.from(base64, "base64").toString();
  return new TextDecoder().decode(fromBase64(base64));
}

/** Returns the definition's name and the payload in a task's body: plain JSON, or the value that the serializer restores. */
export function parsePayload(
  body: string,
  serializer: Serializer | undefined,
): { readonly task: string; readonly payload: unknown } {
  const { task, payload, serialized } = parseEnvelope(body) as Envelope;
  return { task, payload: serialized === undefined ? payload : serializer?.parse(serialized) };
}

/** Random numbers, which are created together: a call for each would take longer than the rest of a create. */
const randomNumbers = new BigUint64Array(512);
let unusedNumbers = 0;

/** Returns an id as Cloud Tasks generates it: a decimal number of up to 64 bits. */
function randomId(): string {
  if (unusedNumbers === 0) {
    crypto.getRandomValues(randomNumbers);
    unusedNumbers = randomNumbers.length;
  }
  unusedNumbers -= 1;
  return String(randomNumbers[unusedNumbers]);
}
