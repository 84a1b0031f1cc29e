import type { CloudTaskError } from "../core/errors/cloud-task-error.ts";

/** One call of the Cloud Tasks API. */
export interface ApiCall {
  readonly method: "GET" | "POST" | "DELETE";
  /** The resource below `/v2`, such as `projects/p/locations/l/queues/q/tasks`, with its query where it has one. */
  readonly path: string;
  /** Proto3 JSON, serialized: it is sent as it is. */
  readonly body?: string | undefined;
  /** Gives the call up, its retries too. */
  readonly signal?: AbortSignal | undefined;
  /** What is being done, for messages, such as `create a task in projects/p/locations/l/queues/q`. */
  readonly what: string;
  /**
   * Told of each send that failed and is about to be repeated. A create that was repeated may meet the task its own
   * earlier send has made: `mayHaveActed(failure)` says whether that is possible.
   */
  readonly onRetry?: ((failure: CloudTaskError) => void) | undefined;
  /** Not repeated where it fails for a reason that passes: nobody is to wait for what it tells. */
  readonly once?: true | undefined;
}

/** What the API answered. */
export interface ApiAnswer {
  /** The answer's JSON, parsed. `{}` where a DELETE was answered with nothing. */
  readonly body: unknown;
  /** How many sends it took, 1 or more. */
  readonly attempts: number;
}

/**
 * How calls of the Cloud Tasks API travel.
 *
 * @example
 * ```ts
 * const { body } = await transport.call({ method: "GET", path: task, what: `get ${task}` });
 * ```
 */
export interface Transport {
  /**
   * @param call - what to call
   * @returns the answer
   * @throws ApiError where the API refused, NetworkError or TimeoutError where no answer came, CredentialsError where no
   * access token was to be had, CloudTaskError with the code `ABORTED` (its `cause` is the signal's reason) where
   * `call.signal` gave it up, or with `CLIENT_CLOSED` after `close()`
   */
  call(call: ApiCall): Promise<ApiAnswer>;
  /** Refuses further calls and closes the kept connections. Calls on their way may still finish. */
  close(): Promise<void>;
}
