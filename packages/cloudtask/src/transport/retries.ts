import { durationText } from "../core/duration.ts";
import { ApiError } from "../core/errors/api-error.ts";
import { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { hasCode } from "../core/errors/has-code.ts";
import { NetworkError } from "../core/errors/network-error.ts";
import { TimeoutError } from "../core/errors/timeout-error.ts";
import type { CallTime } from "./call-time.ts";
import { mayHaveActed } from "./may-have-acted.ts";
import { isRefused, isUnauthenticated, retryDelayMs } from "./retry-delay.ts";
import type { RetryContext } from "./with-retry.ts";

/** Decides after each failed request of a call what follows. */
export class Retries {
  readonly #context: RetryContext;
  readonly #time: CallTime;
  #renewable: boolean;
  #firstRefusedMs: number | undefined;
  /** `true` if the API may have carried out a request of the call. */
  mayHaveActed = false;

  constructor(context: RetryContext, time: CallTime) {
    this.#context = context;
    this.#time = time;
    this.#renewable = context.renewable;
  }

  /**
   * Returns the milliseconds to wait before the next request.
   *
   * @param attempts - requests so far, 1 or more
   * @throws the failure if no request follows
   */
  after(reason: unknown, attempts: number): number {
    const { policy, runtime, onRetry } = this.#context;
    const failure = CloudTaskError.from(reason);
    const elapsedMs = this.#time.elapsedMs();
    this.#firstRefusedMs = isRefused(failure) ? (this.#firstRefusedMs ?? elapsedMs) : undefined;
    const refusedMs = elapsedMs - (this.#firstRefusedMs ?? elapsedMs);
    const renewable = this.#renewable;
    const delayMs = retryDelayMs(policy, { failure, attempts, elapsedMs, refusedMs, renewable }, runtime.random());
    if (delayMs === undefined) throw withAttempts(failure, attempts, elapsedMs);
    this.#renewable &&= !isUnauthenticated(failure);
    this.mayHaveActed ||= mayHaveActed(failure);
    onRetry?.(failure);
    return delayMs;
  }
}

function withAttempts(failure: CloudTaskError, attempts: number, elapsedMs: number): CloudTaskError {
  if (attempts === 1) return failure;
  const message = `${failure.message} (${attempts} attempts over ${durationText(elapsedMs)})`;
  const { cause } = failure;
  if (hasCode(failure, "API_ERROR")) return new ApiError(message, failure);
  if (hasCode(failure, "NETWORK_ERROR")) return new NetworkError(message, { cause });
  if (hasCode(failure, "TIMEOUT")) return new TimeoutError(message, failure.timeoutMs, { cause, sent: failure.sent });
  return failure;
}
