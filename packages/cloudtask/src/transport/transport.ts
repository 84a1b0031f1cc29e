import type { CloudTaskError } from "../core/errors/cloud-task-error.ts";

/**
 * A call of the Cloud Tasks API.
 *
 * @example
 * ```ts
 * const call: ApiCall = { method: "GET", path: "projects/p/locations/l/queues", action: "list the queues" };
 * ```
 */
export interface ApiCall {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** The resource below `/v2`, such as `projects/p/locations/l/queues/q/tasks`, with its query string if it has one. */
  readonly path: string;
  /** The version of the API, in place of `v2`. Some fields of queues exist only in `v2beta3`. */
  readonly version?: "v2beta3" | undefined;
  /** Proto3 JSON, already serialized. */
  readonly body?: string | undefined;
  /** Aborts the call and its retries. */
  readonly signal?: AbortSignal | undefined;
  /** The action, for messages: `create a task in projects/p/locations/l/queues/q`. */
  readonly action: string;
  /**
   * Called with each failure before the call is retried. A create that was retried may find the task of its own earlier
   * request: `mayHaveActed(failure)` checks whether that is possible.
   */
  readonly onRetry?: ((failure: CloudTaskError) => void) | undefined;
  /** Disables retries. */
  readonly once?: true | undefined;
}

/**
 * The answer of the API to a call.
 *
 * @example
 * ```ts
 * const answer: ApiAnswer = await transport.call({ method: "GET", path: task, action: `get ${task}` });
 * console.log(answer.body, `${answer.attempts} requests`);
 * ```
 */
export interface ApiAnswer {
  /** The parsed JSON. `{}` for a DELETE with an empty answer. */
  readonly body: unknown;
  /** The number of requests that were sent, 1 or more. */
  readonly attempts: number;
}

/**
 * Sends calls to the Cloud Tasks API. The client option `transport` accepts your own, for a proxy or for tests.
 *
 * @example
 * ```ts
 * const { body } = await transport.call({ method: "GET", path: task, action: `get ${task}` });
 * ```
 */
export interface Transport {
  /**
   * Sends a call, and retries it after a transient failure.
   *
   * @param call - the call to send
   * @returns the answer
   * @throws ApiError if the API rejected the call
   * @throws NetworkError or TimeoutError if no answer arrived
   * @throws CredentialsError if there is no access token
   * @throws CloudTaskError with the code `ABORTED` if `call.signal` aborted it (the signal's reason is the `cause`), or with
   * the code `CLIENT_CLOSED` after `close()`
   */
  call(call: ApiCall): Promise<ApiAnswer>;
  /** Rejects further calls and closes idle connections. Calls in progress may finish. */
  close(): Promise<void>;
}
