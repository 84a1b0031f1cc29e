import type { AttemptFinished } from "../emulator-events.ts";
import type { RetrySettings } from "../engine/records.ts";
import type { RecordReader } from "../memory/record-reader.ts";
import type { RecordWriter } from "../memory/record-writer.ts";
import { outcomes } from "./attempt-kind.ts";
import { type AttemptFields, attemptWithExchange } from "./attempt-with-exchange.ts";
import type { SecretNames } from "./masking/secret-names.ts";
import { readAttempt } from "./read-attempt.ts";
import { KeptExchange, type PackedExchange, type PackedRequest, type PackedResponse } from "./recorded-exchange.ts";
import { type AttemptFacts, attemptFacts } from "./tasks/attempt-facts.ts";

/** Writes an attempt whose exchange is not masked yet. */
export function writeAttempt(to: RecordWriter, attempt: AttemptFinished, { request, response }: PackedExchange): void {
  to.text(undefined);
  writeFields(to, attempt);
  to.text(request?.method);
  if (request) writeRequest(to, request);
  to.number(response?.status);
  if (response) writeResponse(to, response);
}

/** Writes an attempt as a line of a journal. */
export function writeLine(to: RecordWriter, line: string): void {
  to.text(line);
}

/** Reads an attempt. Its exchange is parsed or masked when it is read for the first time. */
export function attemptIn(from: RecordReader, names: SecretNames): AttemptFinished | undefined {
  const line = from.optionalText();
  if (line !== undefined) return readAttempt(line);
  const fields = readFields(from);
  const method = from.optionalText();
  const request = method === undefined ? undefined : readRequest(from, method);
  const status = from.optionalNumber();
  const response = status === undefined ? undefined : readResponse(from, status);
  return attemptWithExchange(fields, new KeptExchange({ request, response }, names));
}

/**
 * Reads the facts of an attempt.
 *
 * @param sharedName - returns the same string for equal names. A name is a part of the text of its record, and keeps it in memory.
 */
export function factsIn(from: RecordReader, sharedName: (name: string) => string): AttemptFacts | undefined {
  const line = from.optionalText();
  const attempt = line === undefined ? readFields(from) : readAttempt(line);
  return attempt && attemptFacts(attempt, sharedName);
}

/** Reads the request of an attempt that was not written as a line. */
export function sentRequestIn(from: RecordReader): PackedRequest | undefined {
  if (from.optionalText() !== undefined) return undefined;
  readFields(from);
  const method = from.optionalText();
  return method === undefined ? undefined : readRequest(from, method);
}

/** Reads the response of an attempt that was not written as a line. */
export function receivedResponseIn(from: RecordReader): PackedResponse | undefined {
  if (from.optionalText() !== undefined) return undefined;
  readFields(from);
  const method = from.optionalText();
  if (method !== undefined) readRequest(from, method);
  const status = from.optionalNumber();
  return status === undefined ? undefined : readResponse(from, status);
}

function writeFields(to: RecordWriter, attempt: AttemptFinished): void {
  to.number(attempt.id);
  to.text(attempt.task);
  to.text(attempt.queue);
  to.number(attempt.attempt);
  to.number(Number(attempt.forced));
  to.number(attempt.at);
  to.number(attempt.sequence);
  to.number(attempt.createdAt);
  to.number(attempt.scheduledAt);
  to.number(attempt.dispatchedAt);
  to.number(attempt.durationMs);
  to.text(attempt.definition);
  to.number(Number(attempt.discarded ?? false));
  to.number(outcomes.indexOf(attempt.outcome));
  to.number(attempt.status);
  to.text(attempt.error);
  to.number(attempt.retryAt);
  to.number(Number(attempt.hasRetryAfter ?? false));
}

/** The order is that of `finishedAttempt()`, and of the writes. */
function readFields(from: RecordReader): AttemptFields {
  return {
    phase: "finished",
    id: from.number(),
    task: from.text(),
    queue: from.text(),
    attempt: from.number(),
    forced: from.number() === 1,
    at: from.number(),
    sequence: from.number(),
    createdAt: from.number(),
    scheduledAt: from.number(),
    dispatchedAt: from.number(),
    durationMs: from.number(),
    definition: from.optionalText(),
    discarded: from.number() === 1 || undefined,
    outcome: outcomes[from.number()] ?? "ignored",
    status: from.optionalNumber(),
    error: from.optionalText(),
    retryAt: from.optionalNumber(),
    hasRetryAfter: from.number() === 1 || undefined,
  };
}

function writeRequest(to: RecordWriter, { url, head, latin1, size, deadlineMs, retry }: PackedRequest): void {
  to.text(url);
  to.text(head);
  to.body(latin1);
  to.number(size);
  to.number(deadlineMs);
  to.number(retry?.maxAttempts);
  if (retry) writeRetry(to, retry);
}

function readRequest(from: RecordReader, method: string): PackedRequest {
  const request = { method, url: from.text(), head: from.text(), latin1: from.body(), size: from.number() };
  const deadlineMs = from.optionalNumber();
  const maxAttempts = from.optionalNumber();
  return { ...request, deadlineMs, retry: maxAttempts === undefined ? undefined : readRetry(from, maxAttempts) };
}

function writeRetry(to: RecordWriter, retry: RetrySettings): void {
  to.number(retry.maxRetryDurationMs);
  to.number(retry.minBackoffMs);
  to.number(retry.maxBackoffMs);
  to.number(retry.maxDoublings);
}

/** The order is that of the writes. */
function readRetry(from: RecordReader, maxAttempts: number): RetrySettings {
  return {
    maxAttempts,
    maxRetryDurationMs: from.number(),
    minBackoffMs: from.number(),
    maxBackoffMs: from.number(),
    maxDoublings: from.number(),
  };
}

function writeResponse(to: RecordWriter, { redirectedTo, head, latin1, size }: PackedResponse): void {
  to.text(redirectedTo);
  to.text(head);
  to.body(latin1);
  to.number(size);
}

function readResponse(from: RecordReader, status: number): PackedResponse {
  const redirectedTo = from.optionalText();
  return { status, redirectedTo, head: from.text(), latin1: from.body(), size: from.number() };
}
