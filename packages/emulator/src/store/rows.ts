import {
  type AttemptFields,
  notAttempted,
  type RetrySettings,
  type TaskRecord,
  type TaskRequest,
} from "../engine/records.ts";

/** A value that SQLite can store. It has no booleans. */
type Cell = number | string | null;

/** Text is read as bytes, because libsql ends the process when it reads text that is not valid UTF-8. */
export type Text = Uint8Array;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @throws SyntaxError if the bytes are not valid UTF-8 */
export function textIn(bytes: Text): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new SyntaxError("it contains text that is not valid UTF-8", { cause });
  }
}

/** A number that is read as its integer and its fraction, the fraction as a multiple of 2^-62. */
type Exact = readonly [integer: number, fraction: number];

/** The columns of `task` when read, with the sequence instead of the key. */
type TaskRow = readonly [
  sequence: number,
  id: string,
  named: number,
  ...createdAt: Exact,
  ...scheduledAt: Exact,
  ...deadlineMs: Exact,
  retry: string | null,
  attempts: string | null,
  definition: string | null,
  isDeadLetter: number,
];

/** The columns of `request` when read. */
export type RequestRow = readonly [head: Text, body: Uint8Array];

/** Returns the columns of `task` that attempts change, and those before them, starting with the sequence. */
export function taskCells(task: TaskRecord): Cell[] {
  return [
    task.sequence,
    task.id,
    Number(task.named),
    task.createdAt,
    task.scheduledAt,
    task.deadlineMs,
    task.retry ? JSON.stringify(task.retry) : null,
    isAttempted(task) ? JSON.stringify(attemptsOf(task)) : null,
  ];
}

/** Returns all columns of `task` to write, starting with the sequence. */
export function newTaskCells(task: TaskRecord): Cell[] {
  return [...taskCells(task), task.definition ?? null, Number(task.isDeadLetter)];
}

/** Reads tasks from the JSON of their rows. */
export function tasksOf(queue: string, json: Text): TaskRecord[] {
  return (JSON.parse(textIn(json)) as TaskRow[]).map((row) => taskOf(queue, row));
}

function taskOf(queue: string, row: TaskRow): TaskRecord {
  const [sequence, id, named, created, createdRest, scheduled, scheduledRest, deadline, deadlineRest] = row;
  const [retry, attempts, definition, isDeadLetter] = [row[9], row[10], row[11], row[12]];
  const attempted = attempts === null ? notAttempted : attemptsOf(JSON.parse(attempts) as AttemptFields);
  return {
    queue,
    id,
    named: named === 1,
    sequence,
    createdAt: exact(created, createdRest),
    scheduledAt: exact(scheduled, scheduledRest),
    deadlineMs: exact(deadline, deadlineRest),
    retry: retry === null ? undefined : (JSON.parse(retry) as RetrySettings),
    definition: definition ?? undefined,
    isDeadLetter: isDeadLetter === 1,
    // Each field is listed, as in `createTask()`: V8 keeps the fields that a spread adds in a second object.
    dispatchCount: attempted.dispatchCount,
    responseCount: attempted.responseCount,
    executionCount: attempted.executionCount,
    failureCount: attempted.failureCount,
    hasRetryAfter: attempted.hasRetryAfter,
    firstDispatchedAt: attempted.firstDispatchedAt,
    lastAttempt: attempted.lastAttempt,
  };
}

function exact(integer: number, fraction: number): number {
  return integer + fraction / 2 ** 62;
}

function isAttempted(task: AttemptFields): boolean {
  const counts = task.dispatchCount + task.responseCount + task.executionCount + task.failureCount;
  return counts > 0 || task.hasRetryAfter || task.firstDispatchedAt !== undefined || task.lastAttempt !== undefined;
}

function attemptsOf(from: AttemptFields): AttemptFields {
  return {
    dispatchCount: from.dispatchCount,
    responseCount: from.responseCount,
    executionCount: from.executionCount,
    failureCount: from.failureCount,
    hasRetryAfter: from.hasRetryAfter ?? false,
    firstDispatchedAt: from.firstDispatchedAt,
    lastAttempt: from.lastAttempt,
  };
}

/** Returns the columns of `request` to write: the body as bytes, everything else as JSON. */
export function requestCells({ body, ...head }: TaskRequest): [head: string, body: Uint8Array] {
  return [JSON.stringify(head), body];
}

/** Reads a request from its row. */
export function requestOf([head, body]: RequestRow): TaskRequest {
  const bytes = new Uint8Array(body.buffer, body.byteOffset, body.length);
  return { ...(JSON.parse(textIn(head)) as Omit<TaskRequest, "body">), body: bytes } as TaskRequest;
}
