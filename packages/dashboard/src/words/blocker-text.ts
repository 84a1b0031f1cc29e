import { withoutLabel } from "../format/answer-text.ts";
import { formatRate, plural } from "../format/format.ts";
import type { BlockerJson, QueueFailureJson, QueueJson } from "../source/json.ts";

/** Returns a sentence about why nothing runs in a queue, or why its tasks fail. */
export function blockerText(queue: QueueJson, blocker: BlockerJson): string {
  const waiting = blocker.due === 0 ? "" : ` ${plural(blocker.due, "task")} ${blocker.due === 1 ? "is" : "are"} due.`;
  switch (blocker.reason) {
    case "paused":
      return `${queue.id} is paused.${waiting}`;
    case "disabled":
      return `${queue.id} is disabled, as by queue.yaml.${waiting}`;
    case "rateZero":
      return `${queue.id} has the rate 0, so it dispatches nothing.${waiting}`;
    case "concurrency":
      return `${queue.id} runs as many attempts as it allows: ${blocker.limit ?? queue.maxConcurrentDispatches}.${waiting}`;
    case "rate":
      return `${queue.id} dispatches at its limit of ${formatRate(blocker.limit ?? queue.maxDispatchesPerSecond)}.${waiting}`;
    case "throttled":
      return `${queue.id} is slowed down to ${formatRate(blocker.limit ?? queue.effectiveRate)}, because its target is overloaded or often fails.${waiting}`;
    case "failing":
      return queue.failing === undefined ? `Every attempt in ${queue.id} fails.` : failureText(queue.id, queue.failing);
  }
}

/** Returns a sentence about the failures of a queue since its last success, with the probable cause. */
function failureText(queueId: string, failure: QueueFailureJson): string {
  const attempts = failure.count === 1 ? "The last attempt" : `The last ${failure.count} attempts`;
  const start = `${attempts} in ${queueId} failed: ${causeText(failure)}`;
  return failure.message === undefined ? start : `${start} “${withoutLabel(failure.message)}”`;
}

function causeText({ kind, status, url, audience, serviceAccount }: QueueFailureJson): string {
  const target = url ?? "the target";
  switch (kind) {
    case "unreachable":
      return `${target} could not be reached. Check that the worker is running.`;
    case "timeout":
      return `${target} did not answer before the dispatch deadline.`;
    case "unauthorized":
      return `the worker answered 401. Compare its audience and service account with the token's: ${audience ?? "no audience"}, ${serviceAccount ?? "no token"}.`;
    case "forbidden":
      return "the worker answered 403. Compare the secret of the client that pushed with the worker's.";
    case "notFound":
      return `${target} answered 404. Check the URL, and that this worker defines the task.`;
    case "overloaded":
      return `${target} answered ${status ?? 503}: it is overloaded or closing.`;
    case "error":
      return status === undefined ? "no answer." : `${target} answered ${status}.`;
  }
}
