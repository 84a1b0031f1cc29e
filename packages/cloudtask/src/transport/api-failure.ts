import { ApiError } from "../core/errors/api-error.ts";
import { QUEUES_HEADER } from "../core/headers.ts";
import type { HttpResponse } from "../core/http-sender.ts";
import { printableText } from "../core/printable.ts";
import { type Redact, redactJson } from "../core/redact.ts";
import { isRpcStatus, type RpcStatus, rpcStatusOfHttp } from "../core/rpc-status.ts";
import { remedyFor } from "./remedy.ts";

/** The rejected call. */
export interface RejectedCall {
  readonly action: string;
  readonly method: string;
  readonly path: string;
  readonly emulator: boolean;
  /** Milliseconds since the epoch, for a `Retry-After` that is a date. */
  readonly nowMs: number;
  /** Removes secrets from the answer, which may repeat the request. */
  readonly redact: Redact;
}

/** A call with an unreadable answer. */
export interface UnreadableCall extends Pick<RejectedCall, "action" | "redact"> {
  /** Scheme, host and port. */
  readonly baseUrl: string;
}

interface RpcError {
  readonly status: RpcStatus;
  readonly message: string;
  readonly details: readonly unknown[];
}

const MAX_EXCERPT = 200;

/** The arguments of an `ApiError`. */
export interface FailureDescription {
  readonly message: string;
  readonly answer: ConstructorParameters<typeof ApiError>[1];
}

/** Creates the error of an unsuccessful answer. */
export function apiFailure(response: HttpResponse, call: RejectedCall): ApiError {
  const { message, answer } = describeFailure(response, call);
  return new ApiError(message, answer);
}

/**
 * Describes an unsuccessful answer by its `google.rpc.Status`. Any other body (the page of a proxy, an empty or broken body) is
 * described by its HTTP status.
 */
export function describeFailure(response: HttpResponse, call: RejectedCall): FailureDescription {
  const { status, message, details } = rpcErrorOf(response, call.redact);
  const reason = message === "" ? "" : `: ${printableText(message)}`;
  const sentence = /[.!?]$/.test(reason) ? reason : `${reason}.`;
  const queues = response.headers[QUEUES_HEADER.toLowerCase()];
  const remedy = remedyFor({ ...call, status, httpStatus: response.status, details, queues });
  return {
    message: `Could not ${call.action}: ${response.status} ${status}${sentence}${remedy}`,
    answer: {
      status,
      httpStatus: response.status,
      apiMessage: message,
      details,
      retryAfterMs: retryAfterMs(response.headers["retry-after"], details, call.nowMs),
    },
  };
}

/** Describes a success whose body is not JSON: a proxy answered, or the address is not that of the API. */
export function describeUnreadable({ status, headers, body }: HttpResponse, call: UnreadableCall): FailureDescription {
  const { action, baseUrl, redact } = call;
  const type = printableText(redact(headers["content-type"] ?? "no content type"), MAX_EXCERPT);
  const apiMessage = excerpt(redact(body));
  const quote = apiMessage === "" ? "" : `: ${apiMessage}`;
  const message =
    `Could not ${action}: ${baseUrl} answered ${status} with a body that is not JSON ` +
    `(${type}, ${body.length} characters)${quote}. Is it the address of the Cloud Tasks API? ` +
    "The request may still have been carried out.";
  return { message, answer: { status: "UNKNOWN", httpStatus: status, apiMessage } };
}

function rpcErrorOf({ status: httpStatus, body }: HttpResponse, redact: Redact): RpcError {
  const error = parsedError(body);
  const fallback = rpcStatusOfHttp(httpStatus);
  if (error === undefined) return { status: fallback, message: excerpt(redact(body)), details: [] };
  return {
    status: isRpcStatus(error.status) ? error.status : fallback,
    message: typeof error.message === "string" ? redact(error.message) : "",
    details: Array.isArray(error.details) ? (redactJson(error.details, redact) as unknown[]) : [],
  };
}

function parsedError(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const answer: unknown = JSON.parse(body);
    // Some of Google's front ends wrap the object in an array.
    const object: unknown = Array.isArray(answer) ? answer[0] : answer;
    return isRecord(object) && isRecord(object.error) ? object.error : undefined;
  } catch {
    return undefined;
  }
}

// Only the title of a page or the first words of a text. Nothing of a JSON body that is not an error of the API: it may
// repeat the request, which contains the worker's secret. Each pattern takes linear time: a body can consist of `<`.
function excerpt(body: string): string {
  const title = /<title(?:\s[^<>]*)?>([^<]*)/i.exec(body)?.[1];
  const text = title ?? (/^\s*[[{"]/.test(body) ? "" : body.replace(/<[^<>]*>/g, " "));
  const oneLine = text.replace(/\s+/g, " ").replace(/\bBearer \S+/gi, "Bearer …");
  return printableText(oneLine.trim().slice(0, MAX_EXCERPT));
}

function retryAfterMs(header: string | undefined, details: readonly unknown[], nowMs: number): number | undefined {
  const delays = [headerDelayMs(header, nowMs), ...details.map(retryInfoMs)].filter((ms) => ms !== undefined);
  return delays.length === 0 ? undefined : Math.max(0, ...delays);
}

function headerDelayMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) ? ms : undefined;
}

// google.rpc.RetryInfo, https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto
function retryInfoMs(detail: unknown): number | undefined {
  if (!isRecord(detail) || typeof detail.retryDelay !== "string") return undefined;
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(detail.retryDelay)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
