import { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { SECRET_HEADER_MARK } from "../core/headers.ts";
import type { HttpSender } from "../core/http-sender.ts";
import { ConnectionSlots } from "./connection-slots.ts";
import { type ApiRetryOptions, retryPolicy } from "./retry-policy.ts";
import { sendInTurn } from "./send-in-turn.ts";
import { type CredentialProvider, type Endpoint, PLAIN_HEADERS } from "./send-once.ts";
import type { Transport } from "./transport.ts";
import { type RetryRuntime, realRuntime, withRetry } from "./with-retry.ts";

/** Options of `createRestTransport()`. */
export interface RestTransportOptions {
  /** Scheme, host and port, such as `https://cloudtasks.googleapis.com`. */
  readonly baseUrl: string;
  /** Sends the requests. The transport closes it. */
  readonly sender: HttpSender;
  /** The access tokens. If they are missing, calls carry none, as an emulator expects. */
  readonly credentials?: CredentialProvider | undefined;
  /** Secrets besides the access token that no error may contain, even if an answer repeats them. */
  readonly secrets?: (() => readonly string[]) | undefined;
  /** Time limit of each request, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  /** The maximum number of requests in progress at the same time. Default 128. */
  readonly connections?: number | undefined;
  readonly retry?: ApiRetryOptions | undefined;
  /** `true` if `baseUrl` is an emulator. Messages then explain how to start it. */
  readonly emulator?: boolean | undefined;
  /**
   * The name of the header with the client's secret. It is sent to an emulator, which masks that header, and never to Google's
   * API.
   */
  readonly secretHeader?: string | undefined;
  /** Clock and random numbers, for tests. */
  readonly runtime?: RetryRuntime | undefined;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Creates a transport for the REST API of Cloud Tasks, version 2: proto3 JSON over HTTP.
 *
 * @param options - the API, its credentials and its time limits
 * @throws TypeError if `retry` is invalid
 *
 * @example
 * ```ts
 * const transport = createRestTransport({ baseUrl: "http://127.0.0.1:8123", sender: createHttpSender(), emulator: true });
 * ```
 */
export function createRestTransport(options: RestTransportOptions): Transport {
  const { sender, credentials, retry, secrets = () => [], emulator = false, runtime = realRuntime } = options;
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const baseUrl = options.baseUrl.replace(/\/+$/, "");
  const sendsHeaderName = emulator && options.secretHeader !== undefined;
  const plainHeaders = sendsHeaderName
    ? { ...PLAIN_HEADERS, [SECRET_HEADER_MARK]: options.secretHeader }
    : PLAIN_HEADERS;
  const endpoint: Endpoint = {
    baseUrl,
    emulator,
    sender,
    credentials,
    secrets,
    plainHeaders,
    slots: new ConnectionSlots(options.connections),
  };
  const retries = retryPolicy(retry, emulator);
  const noRetries = retryPolicy({ ...retry, totalTimeout: 0 }, emulator);
  let closed = false;

  return {
    async call(call) {
      const { action, signal, onRetry } = call;
      const policy = call.once ? noRetries : retries;
      const context = { policy, runtime, timeoutMs, signal, onRetry, renewable: credentials !== undefined };
      const { value, attempts } = await withRetry((attempt) => {
        if (closed) throw new CloudTaskError("CLIENT_CLOSED", `Could not ${action}: the client was closed`);
        return sendInTurn(endpoint, call, attempt);
      }, context);
      return { body: value, attempts };
    },
    close() {
      closed = true;
      return sender.close();
    },
  };
}
