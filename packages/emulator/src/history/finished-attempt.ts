import type { AttemptFinished } from "../emulator-events.ts";
import { type Attempt, taskName } from "../engine/engine-state.ts";
import type { AttemptOutcome, AttemptResult } from "../engine/finish-attempt.ts";
import { type AttemptFields, attemptWithExchange } from "./attempt-with-exchange.ts";
import type { RecordedExchange } from "./recorded-exchange.ts";

/** The end of an attempt. */
export interface AttemptEnd {
  readonly id: number;
  readonly attempt: Attempt;
  readonly result: AttemptResult;
  readonly outcome: AttemptOutcome;
  readonly exchange: RecordedExchange;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Returns the fields that are the same in the started and the finished event of an attempt. */
export function describeAttempt({ taskBefore, forced }: Attempt): {
  readonly task: string;
  readonly queue: string;
  readonly attempt: number;
  readonly forced: boolean;
} {
  const { queue, id, dispatchCount } = taskBefore;
  return { task: taskName(queue, id), queue, attempt: dispatchCount + 1, forced };
}

/** Creates the event of a finished attempt. Its request and response are masked when they are read. */
export function finishedAttempt({ id, attempt, result, outcome, exchange, now }: AttemptEnd): AttemptFinished {
  const fields: AttemptFields = {
    phase: "finished",
    id,
    ...describeAttempt(attempt),
    at: now,
    sequence: attempt.taskBefore.sequence,
    createdAt: attempt.taskBefore.createdAt,
    scheduledAt: attempt.taskBefore.scheduledAt,
    dispatchedAt: attempt.dispatchedAt,
    durationMs: now - attempt.dispatchedAt,
    definition: attempt.taskBefore.definition,
    discarded: (outcome === "succeeded" && exchange.isDiscarded) || undefined,
    outcome,
    status: result.kind === "answered" ? result.status : undefined,
    error: errorOf(result, exchange),
    retryAt: outcome === "retrying" ? attempt.task.record.scheduledAt : undefined,
    hasRetryAfter: (outcome === "retrying" && attempt.task.record.hasRetryAfter) || undefined,
  };
  return attemptWithExchange(fields, exchange);
}

function errorOf(result: AttemptResult, exchange: RecordedExchange): string | undefined {
  if (result.kind === "answered") return undefined;
  return result.kind === "timed out" ? "deadline exceeded" : exchange.maskText(result.reason);
}
