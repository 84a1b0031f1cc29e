import { refuseUnknown } from "../core/check-options.ts";
import { type Duration, durationMs, durationText } from "../core/duration.ts";
import { ApiError } from "../core/errors/api-error.ts";
import { CircuitOpenError } from "../core/errors/circuit-open-error.ts";
import { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { isTransient } from "./retry-policy.ts";
import type { ApiAnswer, ApiCall, Transport } from "./transport.ts";

/**
 * When calls of the Cloud Tasks API are no longer sent, because those before them failed: each had used up its retries, so
 * that whoever waits for the next one would wait in vain, and long. What opens it is calls that failed for a reason that
 * passes; an answer, be it a refusal such as NOT_FOUND or a quota that is used up, shows that the API is there.
 *
 * @example
 * ```ts
 * const circuit: CircuitOptions = { failures: 3, cooldown: "30s" };
 * ```
 */
export interface CircuitOptions {
  /** After how many calls that failed one after the other, 1 or more. Default 5. */
  readonly failures?: number | undefined;
  /** How long calls are then refused at once, before one is sent to see whether the API is back. Default `"10s"`. */
  readonly cooldown?: Duration | undefined;
}

/** `CircuitOptions` complete. */
export interface CircuitPolicy {
  readonly failures: number;
  readonly cooldownMs: number;
}

const KNOWN: { readonly [Option in keyof Required<CircuitOptions>]: true } = { cooldown: true, failures: true };

/**
 * @param options - the user's options; `false` for no circuit
 * @param emulator - whether the calls go to an emulator: whoever restarts one wants it back at once, so that there is none by
 * default
 * @returns the policy, with the defaults filled in; `undefined` for no circuit
 * @throws TypeError where an option is wrong
 */
export function circuitPolicy(
  options: CircuitOptions | false | undefined,
  emulator: boolean,
): CircuitPolicy | undefined {
  if (options === false || (options === undefined && emulator)) return undefined;
  refuseUnknown(options ?? {}, Object.keys(KNOWN), "circuit");
  const { failures = 5, cooldown = "10s" } = options ?? {};
  const cooldownMs = durationMs(cooldown, "circuit.cooldown");
  if (Number.isInteger(failures) && failures >= 1) return { failures, cooldownMs };
  throw new TypeError(`circuit.failures must be a whole number of 1 or more, received ${String(failures)}`);
}

/**
 * A transport that stops sending where the one behind it fails time after time, and says so.
 *
 * @param transport - the transport
 * @param policy - when it stops, and for how long; `undefined` for never
 * @param now - milliseconds on a clock that never jumps
 * @returns the same transport, which may throw a `CircuitOpenError`
 */
export function withCircuit(transport: Transport, policy: CircuitPolicy | undefined, now: () => number): Transport {
  if (policy === undefined) return transport;
  const circuit = new Circuit(policy, now);
  return {
    async call(call) {
      // A single send without retries tells nothing that whoever made it waits for.
      return call.once ? transport.call(call) : circuit.through(call, () => transport.call(call));
    },
    close: () => transport.close(),
  };
}

/**
 * How long others wait for the call that sees whether the API is back. It ends sooner, unless nothing is ever heard of it: on
 * Cloudflare Workers a call is cancelled with the request that made it, and then neither resolves nor rejects.
 */
const PROBE_MS = 60_000;

class Circuit {
  readonly #policy: CircuitPolicy;
  readonly #now: () => number;
  /** Calls that failed since the last answer. */
  #failures = 0;
  /** The last of them, and when the next call may be sent. */
  #open: { readonly failure: CloudTaskError; readonly untilMs: number } | undefined;
  /** The call that is on its way to see whether the API is back, and until when it is waited for. */
  #probe: { readonly call: ApiCall; readonly untilMs: number } | undefined;

  constructor(policy: CircuitPolicy, now: () => number) {
    this.#policy = policy;
    this.#now = now;
  }

  async through(call: ApiCall, send: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
    this.#admit(call);
    try {
      const answer = await send();
      this.#close();
      return answer;
    } catch (reason) {
      this.#note(CloudTaskError.from(reason));
      throw reason;
    } finally {
      if (this.#probe?.call === call) this.#probe = undefined;
    }
  }

  #admit(call: ApiCall): void {
    if (this.#open === undefined) return;
    const { failure, untilMs } = this.#open;
    const nowMs = this.#now();
    const waitMs = Math.max(0, untilMs - nowMs);
    const isProbing = this.#probe !== undefined && nowMs < this.#probe.untilMs;
    if (waitMs > 0 || isProbing) throw this.#refusal(call, failure, waitMs);
    this.#probe = { call, untilMs: nowMs + PROBE_MS };
  }

  #note(failure: CloudTaskError): void {
    if (isTransient(failure) && !isQuota(failure)) {
      this.#failures += 1;
      if (this.#failures < this.#policy.failures) return;
      this.#open = { failure, untilMs: this.#now() + this.#policy.cooldownMs };
    } else if (failure instanceof ApiError) this.#close();
  }

  #close(): void {
    this.#failures = 0;
    this.#open = undefined;
  }

  #refusal({ what }: ApiCall, failure: CloudTaskError, waitMs: number): CircuitOpenError {
    const next = waitMs > 0 ? `the next call is sent in ${durationText(waitMs)}` : "a call is on its way to see";
    const message =
      `Could not ${what}: nothing was sent, because the last ${this.#failures} calls of the Cloud Tasks API failed; ${next}. ` +
      `The last failure: ${failure.message}`;
    return new CircuitOpenError(message, waitMs, { cause: failure });
  }
}

/** It is that of one queue or one project: the others are served. */
function isQuota(failure: CloudTaskError): boolean {
  return failure instanceof ApiError && (failure.httpStatus === 429 || failure.status === "RESOURCE_EXHAUSTED");
}
