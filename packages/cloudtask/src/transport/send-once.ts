import { durationText } from "../core/duration.ts";
import { abortedError, abortedUnsent } from "../core/errors/aborted-error.ts";
import { type CloudTaskError, isBrandedError } from "../core/errors/cloud-task-error.ts";
import { CredentialsError } from "../core/errors/credentials-error.ts";
import { TimeoutError } from "../core/errors/timeout-error.ts";
import type { AbortSource, HttpRequest, HttpResponse, HttpSender } from "../core/http-sender.ts";
import { type Redact, redactor } from "../core/redact.ts";
import { VERSION } from "../core/version.ts";
import { onAbort, rejectOnAbort } from "./abort-signal.ts";
import { apiFailure, unreadableAnswer } from "./api-failure.ts";
import type { ConnectionSlots } from "./connection-slots.ts";
import { startCountdown } from "./countdown.ts";
import { networkFailure } from "./network-failure.ts";
import { RequestAbort } from "./request-abort.ts";
import type { ApiCall } from "./transport.ts";
import type { Attempt } from "./with-retry.ts";

/** An access token, as it is sent. */
export interface Credential {
  readonly token: string;
  /** The project to bill a person's own calls to, sent as `x-goog-user-project`. */
  readonly quotaProject?: string | undefined;
}

/** The access tokens of a transport. */
export interface CredentialProvider {
  /** The current credential. It is not a promise if it is already available. */
  get(): Credential | Promise<Credential>;
  /** Called if the API answered 401 to a credential: the next `get()` must return another. */
  invalidate(credential: Credential): void;
}

/** The API that a transport calls, with the sender and the credentials for it. */
export interface Endpoint {
  /** Scheme, host and port, without a slash at the end. */
  readonly baseUrl: string;
  readonly emulator: boolean;
  readonly sender: HttpSender;
  /** Limits the requests in progress to the number of connections. */
  readonly slots: ConnectionSlots;
  /** Absent for an emulator, which needs none. */
  readonly credentials: CredentialProvider | undefined;
  /** The headers of calls without credentials. */
  readonly plainHeaders: Readonly<Record<string, string>>;
  /** Secrets besides the access token that no error may contain. */
  readonly secrets: () => readonly string[];
}

type Headers = Readonly<Record<string, string>>;

/** Headers of every call. */
export const PLAIN_HEADERS: Headers = { "content-type": "application/json", "user-agent": `cloudtask/${VERSION}` };

/** Tens of thousands of calls share one credential, and so one object of headers. */
const headersByCredential = new WeakMap<Credential, Headers>();

/**
 * Sends one request of a call, on a connection that is free.
 *
 * @returns the parsed JSON of the answer
 */
export async function sendOnce(endpoint: Endpoint, call: ApiCall, attempt: Attempt): Promise<unknown> {
  const { signal } = call;
  const limitMs = attempt.time.requestLimitMs(attempt.timeoutMs);
  const ending = new RequestAbort();
  const stopCountdown = startCountdown(limitMs, () => ending.abort());
  const stopListening = signal && onAbort(signal, () => ending.abort());
  let sent = attempt.mayHaveActed;
  const onConnection = (): void => {
    sent = true;
  };
  try {
    return await attempt.time.request(limitMs, exchange(endpoint, call, { signal: ending, onConnection }));
  } catch (reason) {
    if (isBrandedError(reason)) throw reason;
    if (signal?.aborted) throw aborted(call, signal, sent);
    throw ending.aborted ? timeout(endpoint, call, { limitMs, sent }) : networkFailure(endpoint, call.action, reason);
  } finally {
    stopCountdown();
    stopListening?.();
  }
}

async function exchange(
  endpoint: Endpoint,
  call: ApiCall,
  watch: Required<Pick<HttpRequest, "signal" | "onConnection">>,
): Promise<unknown> {
  const { baseUrl, emulator, sender, credentials, secrets, plainHeaders } = endpoint;
  const { method, path, version = "v2", body, action } = call;
  const credential = credentials && (await credentialOf(credentials, call, watch.signal));
  const headers = credential === undefined ? plainHeaders : headersOf(credential);
  const response = await sender.send({ method, url: `${baseUrl}/${version}/${path}`, headers, body, ...watch });
  // Only a failure needs a redactor.
  const redact: Redact = (text) => redactor(credential ? [...secrets(), credential.token] : secrets())(text);
  if (response.status >= 200 && response.status < 300) return parse(response, endpoint, call, redact);
  if (response.status === 401 && credential) credentials.invalidate(credential);
  throw apiFailure(response, { action, method, path, emulator, nowMs: Date.now(), redact });
}

async function credentialOf(provider: CredentialProvider, call: ApiCall, signal: AbortSource): Promise<Credential> {
  try {
    const credential = provider.get();
    // A token source does not know the signal, and must not delay the call beyond it.
    return credential instanceof Promise ? await rejectOnAbort(credential, signal) : credential;
  } catch (reason) {
    if (isBrandedError(reason) || call.signal?.aborted) throw reason;
    // Nothing was sent yet, so this is not a TimeoutError of the API. The message leaves out the reason, because an error of the
    // application's token source may contain a secret.
    const why = signal.aborted ? "returned none in time" : "failed (see the cause)";
    const message = `Could not ${call.action}: no access token, because the token source ${why}.`;
    throw new CredentialsError(message, { cause: reason });
  }
}

function headersOf(credential: Credential): Headers {
  const known = headersByCredential.get(credential);
  if (known !== undefined) return known;
  const { token, quotaProject } = credential;
  const bearer = { ...PLAIN_HEADERS, authorization: `Bearer ${token}` };
  const headers = quotaProject === undefined ? bearer : { ...bearer, "x-goog-user-project": quotaProject };
  headersByCredential.set(credential, headers);
  return headers;
}

function parse(response: HttpResponse, { baseUrl }: Endpoint, { method, action }: ApiCall, redact: Redact): unknown {
  if (method === "DELETE" && response.body === "") return {};
  try {
    return JSON.parse(response.body);
  } catch {
    throw unreadableAnswer(response, { action, baseUrl, redact });
  }
}

function timeout(
  { baseUrl }: Endpoint,
  { action }: ApiCall,
  { limitMs, sent }: { readonly limitMs: number; readonly sent: boolean },
): TimeoutError {
  const limit = durationText(limitMs);
  const message = sent
    ? `Could not ${action}: no answer from ${baseUrl} within ${limit}. The request may still have been carried out.`
    : `Could not ${action}: no connection to ${baseUrl} within ${limit}. Nothing was sent.`;
  return new TimeoutError(message, limitMs, { sent });
}

/** @param sent - whether the API may have received the request, or an earlier request of the call */
export function aborted({ action }: ApiCall, signal: AbortSignal, sent: boolean): CloudTaskError {
  const subject = `Could not ${action}`;
  if (!sent) return abortedUnsent(subject, signal);
  return abortedError(subject, signal, "A request already sent may still have been carried out.");
}
