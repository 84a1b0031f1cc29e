import { forwardAbort } from "../../core/abort-signal.ts";
import { abortedError, abortedUnsent } from "../../core/errors/aborted-error.ts";
import type { CloudTaskError } from "../../core/errors/cloud-task-error.ts";
import { NetworkError } from "../../core/errors/network-error.ts";
import { RemoteDeliveryError } from "../../core/errors/remote-delivery-error.ts";
import { TimeoutError } from "../../core/errors/timeout-error.ts";
import type { HttpResponse } from "../../core/http-sender.ts";
import { printableText } from "../../core/printable.ts";
import { redactor } from "../../core/redact.ts";
import { startCountdown } from "../../transport/countdown.ts";
import type { Connection } from "../connection.ts";
import { dispatchHeaders } from "./deliver-immediately.ts";
import { DEFAULT_DISPATCH_DEADLINE_MS } from "./limits.ts";
import type { PreparedPush } from "./prepare.ts";
import { traceFailure } from "./push-trace.ts";

/** The number of characters of the worker's answer that a message quotes. */
const MAX_EXCERPT = 500;

const MISSING_TOKEN =
  ". An eager push carries no OIDC token, because only Google can sign one. Set `allowUnauthenticated: true` on that worker (it " +
  "still requires the `secret`), or push through an emulator";

/**
 * Sends the request that Cloud Tasks would send, immediately and without an OIDC token.
 *
 * @throws RemoteDeliveryError if the worker did not answer with success; NetworkError, TimeoutError or CloudTaskError with the
 * code `ABORTED` if it did not answer
 */
export async function deliverRemotely(connection: Connection, push: PreparedPush, id: string): Promise<void> {
  checkAnswer(push, await sendWhenFree(connection, push, id), connection.secrets);
}

/** Waits for a free connection first: the deadline of the delivery starts when it can be sent. */
async function sendWhenFree(connection: Connection, push: PreparedPush, id: string): Promise<HttpResponse> {
  const { signal, dispatchDeadlineMs: limitMs = DEFAULT_DISPATCH_DEADLINE_MS } = push;
  const { workerSlots } = connection;
  if (signal?.aborted) throw abortedUnsent(delivering(push), signal);
  if (workerSlots.isFree) workerSlots.take();
  else {
    const end = await workerSlots.wait({ signal, limitMs, renew: true });
    if (end === "aborted" && signal) throw abortedUnsent(delivering(push), signal);
    if (end === "timed out") {
      const message = `${delivering(push)}: no connection became free within ${limitMs / 1000}s. Nothing was sent.`;
      throw new TimeoutError(message, limitMs, { sent: false });
    }
  }
  let answered = false;
  try {
    const answer = await sendDelivery(connection, push, { id, limitMs });
    answered = true;
    return answer;
  } finally {
    workerSlots.release(answered);
  }
}

interface Dispatch {
  readonly id: string;
  readonly limitMs: number;
}

async function sendDelivery(
  connection: Connection,
  push: PreparedPush,
  { id, limitMs }: Dispatch,
): Promise<HttpResponse> {
  const controller = new AbortController();
  const stopCountdown = startCountdown(limitMs, () => controller.abort());
  const stopForwarding = forwardAbort(push.signal, controller);
  const headers = { ...push.headers, ...dispatchHeaders(push, id) };
  try {
    const { url, body } = push;
    return await connection.sender.send({ method: "POST", url, headers, body, signal: controller.signal });
  } catch (cause) {
    const failure = failureOf(push, controller.signal.aborted ? limitMs : undefined, cause);
    traceFailure(push.trace, failure);
    throw failure;
  } finally {
    stopCountdown();
    stopForwarding();
  }
}

function failureOf(push: PreparedPush, exceededMs: number | undefined, cause: unknown): CloudTaskError {
  const subject = delivering(push);
  if (push.signal?.aborted) return abortedError(subject, push.signal, "The worker may still have run the task.");
  return exceededMs === undefined
    ? new NetworkError(`${subject}: no answer. Is the worker running there?`, { cause })
    : new TimeoutError(`${subject}: no answer within ${exceededMs / 1000}s`, exceededMs, { cause });
}

function delivering({ task, url }: PreparedPush): string {
  return `delivering "${task}" to ${url}`;
}

function checkAnswer(push: PreparedPush, response: HttpResponse, secrets: () => readonly string[]): void {
  const { status, headers } = response;
  const discarded = headers["cloudtask-outcome"] === "discarded";
  if (status >= 200 && status < 300 && !discarded) return;
  // Redact before the cut: otherwise a part of a secret could remain at the end.
  const body = redactor(secrets())(response.body);
  const excerpt = printableText(body, MAX_EXCERPT);
  const how = discarded ? "discarded the task" : `answered ${status}`;
  const remedy = status === 401 && body.includes("OIDC token") ? MISSING_TOKEN : "";
  throw new RemoteDeliveryError(`the worker at ${push.url} ${how} ("${push.task}"): ${excerpt}${remedy}`, status, body);
}
