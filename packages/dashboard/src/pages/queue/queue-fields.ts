import type { QueueJson } from "../../source/json.ts";

interface QueueField {
  readonly name: string;
  readonly label: string;
  /** The path in the API, for the mask of an update. */
  readonly path: readonly [group: "rateLimits" | "retryConfig", field: string];
  readonly read: (queue: QueueJson) => string;
  /** Converts the number in the form to the API's value. */
  readonly write: (value: number) => number | string;
}

const seconds = (ms: number): string => String(ms / 1_000);
const duration = (value: number): string => `${value}s`;
const same = (value: number): number => value;

/** The limits that can be edited, in the order of the form. */
export const QUEUE_FIELDS: readonly QueueField[] = [
  {
    name: "rate",
    label: "Dispatches per second",
    path: ["rateLimits", "maxDispatchesPerSecond"],
    read: (queue) => String(queue.maxDispatchesPerSecond),
    write: same,
  },
  {
    name: "concurrency",
    label: "Deliveries at the same time",
    path: ["rateLimits", "maxConcurrentDispatches"],
    read: (queue) => String(queue.maxConcurrentDispatches),
    write: same,
  },
  {
    name: "maxAttempts",
    label: "Attempts (-1: unlimited)",
    path: ["retryConfig", "maxAttempts"],
    read: (queue) => String(queue.maxAttempts),
    write: same,
  },
  {
    name: "minBackoff",
    label: "Shortest backoff (s)",
    path: ["retryConfig", "minBackoff"],
    read: (queue) => seconds(queue.minBackoffMs),
    write: duration,
  },
  {
    name: "maxBackoff",
    label: "Longest backoff (s)",
    path: ["retryConfig", "maxBackoff"],
    read: (queue) => seconds(queue.maxBackoffMs),
    write: duration,
  },
  {
    name: "maxDoublings",
    label: "Doublings",
    path: ["retryConfig", "maxDoublings"],
    read: (queue) => String(queue.maxDoublings),
    write: same,
  },
];

/** The changes of an update, and the paths of the changed fields. */
export interface QueueUpdate {
  readonly changes: Readonly<Record<string, unknown>>;
  readonly fields: readonly string[];
}

/**
 * Returns the fields that the form has changed, for UpdateQueue.
 *
 * @throws Error for a value that is not a number
 */
export function changesOf(queue: QueueJson, form: Pick<FormData, "get">): QueueUpdate {
  const changes: Record<string, Record<string, unknown>> = {};
  const fields: string[] = [];
  for (const { name, label, path, read, write } of QUEUE_FIELDS) {
    const text = String(form.get(name) ?? "").trim();
    if (text === read(queue)) continue;
    const value = Number(text);
    if (text === "" || !Number.isFinite(value)) throw new Error(`${label}: expected a number; received “${text}”`);
    const [group, field] = path;
    changes[group] = { ...changes[group], [field]: write(value) };
    fields.push(path.join("."));
  }
  return { changes, fields };
}
