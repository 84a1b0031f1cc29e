import { durationText } from "../core/duration.ts";
import { abortedError, abortedUnsent } from "../core/errors/aborted-error.ts";
import { ApiError } from "../core/errors/api-error.ts";
import type { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { NetworkError } from "../core/errors/network-error.ts";
import { TimeoutError } from "../core/errors/timeout-error.ts";
import type { HttpResponse } from "../core/http-sender.ts";
import { redactor } from "../core/redact.ts";
import { describeFailure, describeUnreadable } from "./api-failure.ts";
import type { WaitLimit } from "./call-time.ts";
import { networkFailure } from "./network-failure.ts";
import type { Credential, Endpoint } from "./send-once.ts";
import type { ApiCall } from "./transport.ts";

/** The end of a request that has no answer. */
export interface RequestEnd {
  readonly kind: "aborted" | "timed out" | "failed";
  readonly limitMs: number;
  /** `true` if the API may have received the request, or an earlier request of the call. */
  readonly sent: boolean;
  /** The error of the sender. */
  readonly reason?: unknown;
}

/** Returns the error of a request without an answer. */
export function requestFailure(endpoint: Endpoint, call: ApiCall, end: RequestEnd): CloudTaskError {
  const { kind, sent, reason } = end;
  if (kind === "aborted" && call.signal) return aborted(call, call.signal, sent);
  if (kind === "timed out") return timeout(endpoint, call, end);
  return new NetworkError(networkFailure(endpoint, call.action, reason), { cause: reason });
}

function aborted({ action }: ApiCall, signal: AbortSignal, sent: boolean): CloudTaskError {
  const subject = `Could not ${action}`;
  if (!sent) return abortedUnsent(subject, signal);
  return abortedError(subject, signal, "A request already sent may still have been carried out.");
}

function timeout({ baseUrl }: Endpoint, { action }: ApiCall, { limitMs, sent }: RequestEnd): TimeoutError {
  const limit = durationText(limitMs);
  const message = sent
    ? `Could not ${action}: no answer from ${baseUrl} within ${limit}. The request may still have been carried out.`
    : `Could not ${action}: no connection to ${baseUrl} within ${limit}. Nothing was sent.`;
  return new TimeoutError(message, limitMs, { sent });
}

/** Returns the error of a call that no connection became free for. */
export function noConnection(
  { baseUrl, slots }: Endpoint,
  { action }: ApiCall,
  { limitMs, renew, sent }: WaitLimit & Pick<RequestEnd, "sent">,
): TimeoutError {
  const silence = renew ? ", and the API answered none of them" : "";
  const message =
    `Could not ${action}: no connection to ${baseUrl} became free within ${durationText(limitMs)}: ${slots.size} other ` +
    `requests of this client were in progress${silence}. The request was not sent.`;
  return new TimeoutError(message, limitMs, { sent });
}

/** Returns the error of an answer that is a failure, or that cannot be read. */
export function answerFailure(
  response: HttpResponse,
  { baseUrl, emulator, secrets }: Endpoint,
  { action, method, path }: ApiCall,
  { credential, nowMs }: { readonly credential: Credential | undefined; readonly nowMs: number },
): ApiError {
  const redact = redactor(credential ? [...secrets(), credential.token] : secrets());
  const isSuccess = response.status >= 200 && response.status < 300;
  const { message, answer } = isSuccess
    ? describeUnreadable(response, { action, baseUrl, redact })
    : describeFailure(response, { action, method, path, emulator, nowMs, redact });
  return new ApiError(message, answer);
}
