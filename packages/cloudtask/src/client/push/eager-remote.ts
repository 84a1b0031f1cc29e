import { abortedError } from "../../core/errors/aborted-error.ts";
import type { CloudTaskError } from "../../core/errors/cloud-task-error.ts";
import { NetworkError } from "../../core/errors/network-error.ts";
import { RemoteDeliveryError } from "../../core/errors/remote-delivery-error.ts";
import { TimeoutError } from "../../core/errors/timeout-error.ts";
import type { HttpResponse } from "../../core/http-sender.ts";
import type { Redact } from "../../core/redact.ts";
import { forwardAbort } from "../../transport/abort-signal.ts";
import type { Connection } from "../connection.ts";
import { dispatchHeaders } from "./dispatch-headers.ts";
import { DEFAULT_DISPATCH_DEADLINE_MS } from "./limits.ts";
import type { PreparedPush } from "./prepare.ts";
import { traceFailure } from "./push-trace.ts";

/** How much of a worker's answer a message shows. */
const MAX_EXCERPT = 500;

/** Why a worker that verifies tokens refuses an eager push, and the ways out. */
const UNSIGNED =
  "; an eager push carries no OIDC token, which Google alone can sign: give the worker there `allowUnauthenticated: true` " +
  "(it demands a `secret` all the same), or push through an emulator";

/**
 * Sends the request that Cloud Tasks would send, at once; but without an OIDC token.
 *
 * @param connection - sends it
 * @param push - what was pushed
 * @param id - the id of the task
 * @throws RemoteDeliveryError where the worker did not answer with success; NetworkError, TimeoutError or CloudTaskError
 * (`ABORTED`) where it did not answer
 */
export async function deliverRemotely(connection: Connection, push: PreparedPush, id: string): Promise<void> {
  if (push.signal?.aborted) throw abortedError(delivering(push), push.signal, "Nothing was sent.");
  refuseFailure(push, await answerOf(connection, push, id), connection.redact);
}

async function answerOf(connection: Connection, push: PreparedPush, id: string): Promise<HttpResponse> {
  const limitMs = push.dispatchDeadlineMs ?? DEFAULT_DISPATCH_DEADLINE_MS;
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), limitMs);
  const unfollow = forwardAbort(push.signal, controller);
  const headers = { ...push.headers, ...dispatchHeaders(push, id) };
  try {
    const { url, body } = push;
    return await connection.sender.send({ method: "POST", url, headers, body, signal: controller.signal });
  } catch (cause) {
    const failure = unanswered(push, controller.signal.aborted ? limitMs : undefined, cause);
    traceFailure(push.trace, failure);
    throw failure;
  } finally {
    clearTimeout(timer);
    unfollow();
  }
}

function unanswered(push: PreparedPush, passedMs: number | undefined, cause: unknown): CloudTaskError {
  if (push.signal?.aborted)
    return abortedError(delivering(push), push.signal, "The worker may still have run the task.");
  const what = delivering(push);
  return passedMs === undefined
    ? new NetworkError(`${what}: no answer; is the worker running there?`, { cause })
    : new TimeoutError(`${what}: no answer within ${passedMs / 1000}s`, passedMs, { cause });
}

function delivering({ task, url }: PreparedPush): string {
  return `delivering "${task}" to ${url}`;
}

function refuseFailure(push: PreparedPush, response: HttpResponse, redact: Redact): void {
  const { status, headers } = response;
  const discarded = headers["cloudtask-outcome"] === "discarded";
  if (status >= 200 && status < 300 && !discarded) return;
  // Cut to an excerpt after that, so that no part of a secret stays at its end.
  const body = redact(response.body);
  const excerpt = body.length > MAX_EXCERPT ? `${body.slice(0, MAX_EXCERPT)}…` : body;
  const how = discarded ? "discarded the task" : `answered ${status}`;
  const remedy = status === 401 && body.includes("OIDC token") ? UNSIGNED : "";
  throw new RemoteDeliveryError(`the worker at ${push.url} ${how} ("${push.task}"): ${excerpt}${remedy}`, status, body);
}
