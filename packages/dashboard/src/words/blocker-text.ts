import { withoutLabel } from "../format/answer-text.ts";
import { formatCount, formatDuration, formatRate, plural } from "../format/format.ts";
import type { BlockerJson, QueueFailureJson, QueueJson } from "../source/json.ts";

/** The shortest time to mention, in milliseconds. */
const MIN_DRAIN_MS = 10_000;

/** The characters of a message that fit into a sentence; the page of the task has all of them. */
const MAX_MESSAGE = 300;

/** Returns a sentence about why nothing runs in a queue, or why its tasks fail. */
export function blockerText(queue: QueueJson, blocker: BlockerJson): string {
  const waiting = dueText(blocker.due);
  switch (blocker.reason) {
    case "paused":
      return `${queue.id} is paused.${waiting}`;
    case "disabled":
      return `${queue.id} is disabled, for example by a queue.yaml.${waiting}`;
    case "rateZero":
      return `${queue.id} has the rate 0, so it dispatches nothing.${waiting}`;
    case "concurrency":
      return `${queue.id} runs as many attempts at the same time as it allows (${formatCount(blocker.limit ?? queue.maxConcurrentDispatches)}).${waiting}`;
    case "rate":
      return `${queue.id} dispatches at its limit of ${formatRate(blocker.limit ?? queue.maxDispatchesPerSecond)}.${waiting}${drainText(blocker)}`;
    case "throttled":
      return `${queue.id} is slowed down to ${formatRate(blocker.limit ?? queue.effectiveRate ?? queue.maxDispatchesPerSecond)}, because its target is overloaded or often fails.${waiting}${drainText(blocker)}`;
    case "failing":
      return queue.failing === undefined ? `Every attempt in ${queue.id} fails.` : failureText(queue.id, queue.failing);
  }
}

/** @param due - `undefined` if it is unknown */
function dueText(due: number | undefined): string {
  if (due === undefined || due === 0) return "";
  return ` ${plural(due, "task")} ${due === 1 ? "is" : "are"} due.`;
}

/** Returns how long the due tasks take at the limit of the queue. A short time needs no mention. */
function drainText({ due = 0, limit = 0 }: BlockerJson): string {
  const ms = limit > 0 ? (due / limit) * 1_000 : 0;
  return ms < MIN_DRAIN_MS ? "" : ` At this rate, they take ${formatDuration(ms)}.`;
}

/** Returns a sentence about the failures of a queue since its last success, with the probable cause. */
function failureText(queueId: string, failure: QueueFailureJson): string {
  const attempts = failure.count === 1 ? "The last attempt" : `The last ${formatCount(failure.count)} attempts`;
  const start = `${attempts} in ${queueId} failed: ${causeText(failure)}`;
  return failure.message === undefined ? start : `${start} “${shorten(withoutLabel(failure.message))}”`;
}

function causeText({ kind, status, url, audience, serviceAccount }: QueueFailureJson): string {
  const target = url ?? "the target";
  switch (kind) {
    case "unreachable":
      return `${target} could not be reached. Check that the worker is running.`;
    case "timeout":
      return `${target} did not answer before the dispatch deadline.`;
    case "unauthorized":
      return serviceAccount === undefined
        ? "the worker answered 401, and the request has no token. Set the serviceAccount of the client that pushes."
        : `the worker answered 401. ${tokenText(audience, serviceAccount)}`;
    case "forbidden":
      return serviceAccount === undefined
        ? "the worker answered 403. Compare the secret of the client that pushed with the worker's."
        : `the worker answered 403. ${tokenText(audience, serviceAccount)}`;
    case "notFound":
      return `${target} answered 404. Check the URL, and that this worker defines the task.`;
    case "overloaded":
      return `${target} answered ${status ?? 503}: it is overloaded or closing.`;
    case "error":
      return status === undefined ? "no answer." : `${target} answered ${status}.`;
  }
}

function tokenText(audience: string | undefined, serviceAccount: string): string {
  return `Compare its settings with the token: audience ${audience ?? "none"}, service account ${serviceAccount}.`;
}

function shorten(message: string): string {
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)} …` : message;
}
