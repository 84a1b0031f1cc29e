import { lastSegment } from "../core/resource-name.ts";
import type { WireTask } from "./wire-task.ts";

/** A task as Cloud Tasks keeps it: what it is, and what has become of it so far. */
export interface StoredTask extends WireTask {
  readonly name: string;
  /** The id of the task. */
  readonly id: string;
  /** The id of its queue. */
  readonly queue: string;
  /** Counts the tasks, so that of two for one time the older comes first. */
  readonly order: number;
  readonly createdMs: number;
  readonly scheduleMs: number;
  /** When the next attempt is due. */
  dueMs: number;
  /** How many attempts have failed. */
  failures: number;
  /** As Cloud Tasks counts it: of an HTTP task without the answers of 5xx. */
  executionCount: number;
  /** The HTTP status of the attempt before. */
  previousResponse: number | undefined;
  /** Whether an attempt is under way. */
  running: boolean;
}

/**
 * @param wire - what was asked for
 * @param queueName - the full name of its queue
 * @param made - when, and as the how manieth
 * @returns the task, as it is before its first attempt
 */
export function storedTask(
  wire: WireTask,
  queueName: string,
  { nowMs, order }: { readonly nowMs: number; readonly order: number },
): StoredTask {
  const name = wire.name ?? `${queueName}/tasks/${pickedId()}`;
  const scheduleMs = wire.scheduleMs ?? nowMs;
  return {
    ...wire,
    name,
    id: lastSegment(name),
    queue: lastSegment(queueName),
    order,
    createdMs: nowMs,
    scheduleMs,
    dueMs: scheduleMs,
    failures: 0,
    executionCount: 0,
    previousResponse: undefined,
    running: false,
  };
}

/** Cloud Tasks picks decimal numbers of up to 64 bits. */
function pickedId(): string {
  return String(crypto.getRandomValues(new BigUint64Array(1))[0]);
}
