import { withoutTaskLabel } from "cloudtask/internal";
import type { AttemptFinished } from "../../emulator-events.ts";
import { failureMessage } from "./failure-message.ts";

const ANSWER_LENGTH = 200;

const TIME = /\b\d{4}-\d\d-\d\d[t ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:z|[+-]\d\d:?\d\d)?/gi;

const UUID = /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi;

/** Words of 8 letters and digits or more that look random, because they have at least two digits. */
const RANDOM = /\b(?=[a-z]*\d[a-z]*\d)[a-z\d]{8,}\b/gi;

/** Numbers, also in `order-7` and `15ms`, but not in names such as `E11000`, `http2` or `ipv4`. */
const NUMBER = /(?<![a-z\d])\d+(?:[.,:]\d+)*/gi;

/** The facts of an attempt that decide how it failed. */
type FailureFacts = Pick<AttemptFinished, "status" | "discarded" | "error">;

/** Checks whether an attempt failed, or its worker discarded the task. */
export function isFailure({ outcome, discarded }: Pick<AttemptFinished, "outcome" | "discarded">): boolean {
  return discarded === true || outcome === "retrying" || outcome === "exhausted";
}

/** Returns how an attempt failed, for example `500 the order … is locked`: equal for answers that differ only in numbers and ids. */
export function answerOf(attempt: FailureFacts & Pick<AttemptFinished, "response">): string {
  return answerText(attempt, failureMessage(attempt));
}

/** @param message - the message of the answer or of the error */
export function answerText(failure: FailureFacts, message: string | undefined): string {
  const result = resultText(failure);
  // An error of the connection has no ids, and its port matters.
  if (failure.error !== undefined) return `${result}: ${failure.error}`;
  const text = similarText(message ?? "");
  if (text === "") return result;
  return failure.discarded && text.startsWith(result) ? text : `${result} ${text}`;
}

/** Returns the beginning of a text by which an answer can be recognized before it is read. */
export function resultText({ status, discarded }: Pick<FailureFacts, "status" | "discarded">): string {
  if (discarded) return "discarded";
  return status === undefined ? "no answer" : String(status);
}

function similarText(message: string): string {
  const text = [TIME, UUID, RANDOM, NUMBER].reduce(
    (rest, volatile) => rest.replace(volatile, "…"),
    // The name of the task would make each message different.
    withoutTaskLabel(message),
  );
  return text.slice(0, ANSWER_LENGTH).toWellFormed();
}
