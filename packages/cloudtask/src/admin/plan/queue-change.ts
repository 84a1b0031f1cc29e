import type { QueueFieldName, QueueFieldValue } from "../queues/queue-field.ts";

/**
 * A setting of a queue that a plan changes.
 *
 * @example
 * ```ts
 * const describe = ({ field, before, after }: QueueFieldChange) => `${field}: ${before} → ${after}`;
 * ```
 */
export interface QueueFieldChange {
  /** The name of the setting, such as `rate` or `retry.maxAttempts`. */
  readonly field: QueueFieldName;
  /** The current value, with durations in milliseconds; `undefined` if the queue does not exist yet. */
  readonly before: QueueFieldValue;
  /** The described value, with durations in milliseconds. */
  readonly after: QueueFieldValue;
}

/**
 * One change of a plan.
 *
 * @example
 * ```ts
 * const deletions = plan.changes.filter((change: QueueChange) => change.action === "delete");
 * ```
 */
export type QueueChange =
  | {
      readonly action: "create";
      /** The id of the queue. */
      readonly queue: string;
      readonly fields: readonly QueueFieldChange[];
      /** `true` if the queue is paused right after it is created. */
      readonly paused: boolean;
    }
  | { readonly action: "update"; readonly queue: string; readonly fields: readonly QueueFieldChange[] }
  | { readonly action: "pause" | "resume"; readonly queue: string }
  | {
      readonly action: "delete";
      readonly queue: string;
      /** The number of tasks that are deleted with the queue; `undefined` if the API does not state it. */
      readonly tasksCount: number | undefined;
    };
