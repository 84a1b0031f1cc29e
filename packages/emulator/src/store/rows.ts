import type { RetrySettings, TaskRecord, TaskRequest } from "../engine/records.ts";

/** What SQLite is given for a value: it takes no booleans. */
type Cell = number | string | null;

/** Text as it is read: as bytes, for libsql ends the process over text that is not UTF-8. */
export type Text = Uint8Array;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @throws SyntaxError where it is not UTF-8 */
export function textIn(bytes: Text): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new SyntaxError("a text in it is not UTF-8", { cause });
  }
}

/** The columns of `task` as they are read, its sequence in place of its key. */
export type TaskRow = readonly [
  sequence: number,
  id: Text,
  named: number,
  createdAt: number,
  scheduledAt: number,
  deadlineMs: number,
  retry: Text | null,
  attempts: Text | null,
];

/** What attempts leave on a task, beside its next schedule time. */
type Attempts = Pick<
  TaskRecord,
  "dispatchCount" | "responseCount" | "executionCount" | "failureCount" | "firstDispatchedAt" | "lastAttempt"
>;

const notAttempted: Attempts = {
  dispatchCount: 0,
  responseCount: 0,
  executionCount: 0,
  failureCount: 0,
  firstDispatchedAt: undefined,
  lastAttempt: undefined,
};

/** The columns of `request` as they are read. */
export type RequestRow = readonly [head: Text, body: Uint8Array];

/** The columns of `task`, from its sequence on. */
export function taskCells(task: TaskRecord): Cell[] {
  const attempts = attemptsOf(task);
  return [
    task.sequence,
    task.id,
    Number(task.named),
    task.createdAt,
    task.scheduledAt,
    task.deadlineMs,
    task.retry ? JSON.stringify(task.retry) : null,
    Object.values(attempts).some(Boolean) ? JSON.stringify(attempts) : null,
  ];
}

/** A task as it was kept. */
export function taskOf(
  queue: string,
  [sequence, id, named, createdAt, scheduledAt, deadlineMs, retry, attempts]: TaskRow,
): TaskRecord {
  return {
    queue,
    id: textIn(id),
    named: named === 1,
    sequence,
    createdAt,
    scheduledAt,
    deadlineMs,
    retry: retry === null ? undefined : (JSON.parse(textIn(retry)) as RetrySettings),
    ...attemptsOf(attempts === null ? notAttempted : (JSON.parse(textIn(attempts)) as Attempts)),
  };
}

function attemptsOf(from: Attempts): Attempts {
  return {
    dispatchCount: from.dispatchCount,
    responseCount: from.responseCount,
    executionCount: from.executionCount,
    failureCount: from.failureCount,
    firstDispatchedAt: from.firstDispatchedAt,
    lastAttempt: from.lastAttempt,
  };
}

/** The columns of `request`: the body as it is, everything else as JSON. */
export function requestCells({ body, ...head }: TaskRequest): [head: string, body: Uint8Array] {
  return [JSON.stringify(head), body];
}

/** A request as it was kept. */
export function requestOf([head, body]: RequestRow): TaskRequest {
  const bytes = new Uint8Array(body.buffer, body.byteOffset, body.length);
  return { ...(JSON.parse(textIn(head)) as Omit<TaskRequest, "body">), body: bytes } as TaskRequest;
}
