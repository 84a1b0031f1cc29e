import { type DiscardFacts, deadLetterHeaders } from "../../core/dead-letter-headers.ts";
import { errorText } from "../../core/error-text.ts";
import { ApiError } from "../../core/errors/api-error.ts";
import { hasCode } from "../../core/errors/has-code.ts";
import { PUSHED_HEADER } from "../../core/headers.ts";
import { printable } from "../../core/printable.ts";
import type { Redact } from "../../core/redact.ts";
import { derivedTaskId } from "../../core/task-id.ts";
import type { DiscardedTask } from "../../execution/keep-discarded.ts";
import { MAX_TASK_BYTES, storedTaskBytes } from "../../payload/task-size.ts";
import { type Route, timeOf } from "../connection.ts";
import { type CreatedPush, createTaskJson } from "../push/create-task.ts";
import { confirmedTask } from "../push/created-task.ts";
import { CLOCK_ALLOWANCE_MS, MAX_AHEAD_MS } from "../push/limits.ts";
import type { PushDefaults } from "../push/prepare.ts";
import { headersBytes, MAX_HEADERS_BYTES, sizedTask } from "../push/task-limits.ts";
import type { ResolvedOptions } from "../resolve-options.ts";
import { repeatedRequest } from "./repeated-request.ts";

/** A discarded task whose dead-letter queue is known. */
export interface KeptTask {
  readonly discarded: DiscardedTask;
  /** Set if the task is a dead letter that was delivered, for example with "force run" in the console. */
  readonly earlier: DiscardFacts | undefined;
  readonly homeQueue: string | undefined;
  /** The id of the dead-letter queue. */
  readonly queue: string;
  readonly definition: PushDefaults | undefined;
  readonly options: ResolvedOptions;
  readonly redact: Redact;
}

interface DeadLetter extends KeptTask {
  readonly route: Route;
  /** The resource name of the dead-letter queue. */
  readonly queueName: string;
  readonly nowMs: number;
  /** The arrival of the delivery. Both times are those of the route's clock: an emulator's, or a test's. */
  readonly startMs: number;
}

/**
 * Creates the dead letter of a task. A dead letter that exists already counts as created.
 *
 * @throws LimitError, ApiError, NetworkError, TimeoutError, CredentialsError
 */
export async function createDeadLetter(kept: KeptTask, route: Route, action: string): Promise<void> {
  const { discarded, queue } = kept;
  const queueName = await route.queueName(queue, { subject: `Could not ${action}`, signal: undefined });
  // The clock of a test stands still during a delivery.
  const elapsedMs = route.local ? 0 : Math.max(0, Date.now() - discarded.arrivedMs);
  const nowMs = await timeOf(route);
  const letter = { ...kept, route, queueName, nowMs, startMs: nowMs - elapsedMs };
  const body = await createTaskJson(await pushOf(letter), queueName);
  try {
    const answer = await route.transport.call({ method: "POST", path: `${queueName}/tasks`, body, action });
    confirmedTask(answer.body, action);
  } catch (error) {
    if (!hasCode(error, "API_ERROR")) throw error;
    if (error.status === "NOT_FOUND") throw missingQueue(letter, action, error);
    if (error.status !== "ALREADY_EXISTS") throw error;
  }
}

async function pushOf(letter: DeadLetter): Promise<CreatedPush> {
  const { options, definition, discarded, queueName, nowMs } = letter;
  const request = repeatedRequest(options, definition, discarded);
  const push: CreatedPush = {
    ...request,
    task: discarded.task,
    id: await idOf(discarded),
    // As far ahead as possible: in a queue that nobody has paused, it must not run at once.
    scheduleMs: nowMs + MAX_AHEAD_MS - CLOCK_ALLOWANCE_MS,
    nowMs,
    subject: `keeping ${printable(discarded.task)} in the dead-letter queue ${letter.queue}`,
  };
  const bodyBytes = new TextEncoder().encode(push.body).length;
  const headersWith = (added: CreatedPush["headers"]) => ({ ...push.headers, ...added });
  const facts = await factsOf(letter);
  const added = deadLetterHeaders(facts, (candidate) => {
    const headers = headersWith(candidate);
    const taskBytes = storedTaskBytes(sizedTask({ ...push, headers }, queueName, bodyBytes), nowMs);
    return Math.max(taskBytes - MAX_TASK_BYTES, headersBytes(headers) - MAX_HEADERS_BYTES);
  });
  return { ...push, headers: headersWith(added) };
}

async function factsOf({ discarded, earlier, homeQueue, route, redact, startMs }: DeadLetter): Promise<DiscardFacts> {
  const { attempt, id, queue, reason, error } = discarded;
  return {
    reason,
    message: errorText(error, redact),
    attempts: (earlier?.attempts ?? 0) + attempt,
    firstMs: earlier?.firstMs ?? (attempt === 1 ? startMs : await firstAttemptMs(route, queue, id)),
    lastMs: startMs,
    homeQueue,
    originalId: earlier?.originalId ?? id,
  };
}

function missingQueue(
  { queueName, options }: DeadLetter,
  action: string,
  { status, httpStatus, apiMessage }: ApiError,
): ApiError {
  const [, project, , location, , queue] = queueName.split("/");
  const place = `${queue} --location=${location} --project=${project}`;
  const remedy =
    options.emulatorHost === undefined
      ? `gcloud tasks queues create ${place} && gcloud tasks queues pause ${place}`
      : `npx @cloudtask/cli emulator --queue ${queueName},paused=true`;
  const message = `Could not ${action}: create the queue "${queue}" paused, because it does not exist: ${remedy}`;
  return new ApiError(message, { status, httpStatus, apiMessage });
}

/**
 * Returns the id of a dead letter. A repeated discard has the same id. A name of a task can be used again later, so the id covers
 * the time of the push. A redriven task has an id of its own, so it can become a dead letter again.
 *
 * @returns `undefined` for a request without a task id, which Cloud Tasks did not send
 */
async function idOf({ id, queue, task, received }: DiscardedTask): Promise<string | undefined> {
  if (id === "") return undefined;
  return derivedTaskId("dead", [queue, id, received.headers.get(PUSHED_HEADER)], task);
}

/** Asks Cloud Tasks for the time of the first attempt. It is not known if the worker lacks the permission to read tasks. */
async function firstAttemptMs(route: Route, queue: string, id: string): Promise<number | undefined> {
  try {
    const name = `${await route.queueName(queue, { subject: "reading a task", signal: undefined })}/tasks/${id}`;
    const { body } = await route.transport.call({ method: "GET", path: name, action: `get ${name}`, once: true });
    const { firstAttempt } = body as { readonly firstAttempt?: { readonly dispatchTime?: string } };
    const ms = Date.parse(firstAttempt?.dispatchTime ?? "");
    return Number.isNaN(ms) ? undefined : ms;
  } catch {
    return undefined;
  }
}
