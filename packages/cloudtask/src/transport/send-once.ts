import { onAbort, rejectOnAbort } from "../core/abort-signal.ts";
import type { AbortSource } from "../core/abort-source.ts";
import { Abort } from "../core/abort-source.ts";
import { isBrandedError } from "../core/errors/cloud-task-error.ts";
import { CredentialsError } from "../core/errors/credentials-error.ts";
import type { HttpRequest, HttpResponse, HttpSender } from "../core/http-sender.ts";
import { VERSION } from "../core/version.ts";
import type { ConnectionSlots } from "./connection-slots.ts";
import { startCountdown } from "./countdown.ts";
import { loadFailures } from "./late-failures.ts";
import type { RequestEnd } from "./request-failure.ts";
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
  const ending = new Abort();
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
    const kind = signal?.aborted ? "aborted" : ending.aborted ? "timed out" : "failed";
    const end: RequestEnd = { kind, limitMs, sent, reason };
    const { requestFailure } = await loadFailures();
    throw requestFailure(endpoint, call, end);
  } finally {
    stopCountdown();
    stopListening?.();
  }
}

async function exchange(
  endpoint: Endpoint,
  call: ApiCall,
  { signal, onConnection }: Required<Pick<HttpRequest, "signal" | "onConnection">>,
): Promise<unknown> {
  const { baseUrl, sender, credentials, plainHeaders } = endpoint;
  const { method, path, version = "v2", body } = call;
  const credential = credentials && (await credentialOf(credentials, call, signal));
  const headers = credential === undefined ? plainHeaders : headersOf(credential);
  const url = `${baseUrl}/${version}/${path}`;
  const response = await sender.send({ method, url, headers, body, signal, onConnection });
  const isSuccess = response.status >= 200 && response.status < 300;
  const answer = isSuccess ? parsed(response, method) : undefined;
  if (answer !== undefined) return answer.value;
  if (response.status === 401 && credential) credentials.invalidate(credential);
  const nowMs = Date.now();
  const { answerFailure } = await loadFailures();
  throw answerFailure(response, endpoint, call, { credential, nowMs });
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

/** Returns the JSON of a success; `undefined` if it cannot be read. */
function parsed({ body }: HttpResponse, method: string): { readonly value: unknown } | undefined {
  if (method === "DELETE" && body === "") return { value: {} };
  try {
    return { value: JSON.parse(body) };
  } catch {
    return undefined;
  }
}
