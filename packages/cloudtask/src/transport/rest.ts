import { CloudTaskError, isBrandedError } from "../core/errors/cloud-task-error.ts";
import { CredentialsError } from "../core/errors/credentials-error.ts";
import type { HttpResponse, HttpSender } from "../core/http.ts";
import { type Redact, redactor } from "../core/redact.ts";
import { VERSION } from "../core/version.ts";
import { unlessAborted } from "./abort-signal.ts";
import { attempt } from "./attempt.ts";
import { type RetryRuntime, realRuntime, withRetry } from "./retry.ts";
import { type RetryOptions, retryPolicy } from "./retry-policy.ts";
import { apiError, type UnreadableCall, unreadable } from "./status.ts";
import type { ApiCall, Transport } from "./transport.ts";

/** What authorizes a call. */
export interface Credential {
  readonly token: string;
  /** The project that a person's own calls are billed to, sent as `x-goog-user-project`. */
  readonly quotaProject?: string | undefined;
}

/** Where the credential of each call comes from. */
interface CredentialProvider {
  /** The credential to use now; not a promise where it is at hand. */
  get(): Credential | Promise<Credential>;
  /** The API answered 401 to this one: the next `get()` shall give another. */
  refused(credential: Credential): void;
}

/** What `createRestTransport` needs. */
export interface RestTransportOptions {
  /** Scheme, host and port, such as `https://cloudtasks.googleapis.com`. */
  readonly baseUrl: string;
  /** How requests are sent. Closed with the transport. */
  readonly sender: HttpSender;
  /** Access tokens. Absent: calls carry none, as an emulator wants it. */
  readonly credentials?: CredentialProvider | undefined;
  /** What no error may show, though an answer echoes it, beside the access token. */
  readonly secrets?: readonly string[] | undefined;
  /** Limit of each send, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  readonly retry?: RetryOptions | undefined;
  /** Whether `baseUrl` is an emulator's: messages then say how to start it. */
  readonly emulator?: boolean | undefined;
  /** Time and chance, for tests. */
  readonly runtime?: RetryRuntime | undefined;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * The REST API of Cloud Tasks, version 2: proto3 JSON over HTTP.
 *
 * @param options - where, how, and as whom
 * @returns a transport; `close()` it when done
 * @throws TypeError where `retry` is not valid
 *
 * @example
 * ```ts
 * const transport = createRestTransport({ baseUrl: "http://127.0.0.1:8123", sender: createHttpSender(), emulator: true });
 * ```
 */
export function createRestTransport(options: RestTransportOptions): Transport {
  const { sender, credentials, secrets = [], emulator = false, runtime = realRuntime } = options;
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const baseUrl = options.baseUrl.replace(/\/+$/, "");
  const patient = retryPolicy(options.retry, emulator);
  const oncePolicy = retryPolicy({ ...options.retry, totalTimeout: 0 }, emulator);
  const headersFor = headerCache();
  let closed = false;

  async function exchange(call: ApiCall, signal: AbortSignal): Promise<unknown> {
    const { method, path, body, what } = call;
    const credential = credentials && (await given(credentials, signal, call));
    const url = `${baseUrl}/v2/${path}`;
    const response = await sender.send({ method, url, headers: headersFor(credential), body, signal });
    // Made only where an answer is to be quoted.
    const redact: Redact = (text) => redactor(credential ? [...secrets, credential.token] : secrets)(text);
    if (response.status >= 200 && response.status < 300) return parsed(response, method, { what, baseUrl, redact });
    if (response.status === 401 && credential) credentials.refused(credential);
    throw apiError(response, { what, method, path, emulator, nowMs: Date.now(), redact });
  }

  function send(call: ApiCall, limitMs: number): Promise<unknown> {
    const { what, signal } = call;
    if (closed) throw new CloudTaskError("CLIENT_CLOSED", `Could not ${what}: the client has been closed.`);
    return attempt({ what, baseUrl, emulator }, { limitMs, signal }, (limit) => exchange(call, limit));
  }

  return {
    async call(call) {
      const { signal, onRetry } = call;
      const policy = call.once ? oncePolicy : patient;
      const context = { policy, runtime, timeoutMs, signal, onRetry, renewable: credentials !== undefined };
      const { value, attempts } = await withRetry((limitMs) => send(call, limitMs), context);
      return { body: value, attempts };
    },
    close() {
      closed = true;
      return sender.close();
    },
  };
}

/** The headers of a call, made once per credential: tens of thousands of calls share one. */
function headerCache(): (credential: Credential | undefined) => Readonly<Record<string, string>> {
  const plain = { "content-type": "application/json", "user-agent": `cloudtask/${VERSION}` };
  let last: Credential | undefined;
  let headers: Readonly<Record<string, string>> = plain;
  return (credential) => {
    if (credential === last) return headers;
    last = credential;
    headers = credential ? { ...plain, ...authorization(credential) } : plain;
    return headers;
  };
}

function authorization({ token, quotaProject }: Credential): Record<string, string> {
  const bearer = { authorization: `Bearer ${token}` };
  return quotaProject === undefined ? bearer : { ...bearer, "x-goog-user-project": quotaProject };
}

async function given(credentials: CredentialProvider, signal: AbortSignal, call: ApiCall): Promise<Credential> {
  try {
    const credential = credentials.get();
    // A token source does not know of our signal, and must not hold a call beyond it.
    return credential instanceof Promise ? await unlessAborted(credential, signal) : credential;
  } catch (reason) {
    if (isBrandedError(reason) || call.signal?.aborted) throw reason;
    // Nothing was sent yet: that the time is up says nothing of the API. Else the reason is a stranger's and may quote what it
    // choked on, so it stays out of the message.
    const why = signal.aborted ? "gave none in time" : "failed (see the cause)";
    const message = `Could not ${call.what}: no access token, because the token source ${why}.`;
    throw new CredentialsError(message, { cause: reason });
  }
}

function parsed(response: HttpResponse, method: ApiCall["method"], call: UnreadableCall): unknown {
  if (method === "DELETE" && response.body === "") return {};
  try {
    return JSON.parse(response.body);
  } catch {
    throw unreadable(response, call);
  }
}
