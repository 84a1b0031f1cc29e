import { checkBoolean, rejectUnknownOptions } from "../core/check-options.ts";

const WHAT = "createWorker()";

/** How a worker behaves. The adapters take the same options. */
export interface WorkerOptions {
  /**
   * Serve anyone who can reach the worker, without asking for a token. Only where something else keeps strangers out, or on
   * a laptop: `X-CloudTasks-*` headers prove nothing. A `secret` that the client has is demanded all the same. Default
   * `false`: a client with neither `serviceAccount` nor `secret` has no worker.
   */
  readonly allowUnauthenticated?: boolean;
  /**
   * Who verifies the OIDC token of the client's `serviceAccount`. `"oidc"` (the default): the worker, by the issuer's keys.
   * `"platform"`: a private Cloud Run service, which does so before the worker is called; the worker then compares what
   * the token says, but cannot verify it, so that **the service must require authentication**. Before an emulator it is the
   * worker in any case. It cannot stand beside `allowUnauthenticated: true`.
   */
  readonly verify?: "oidc" | "platform";
  /** The largest body that is read, in bytes; more is answered 413. Default 1,048,576, more than a task can be. */
  readonly maxBodyBytes?: number;
  /** How many deliveries run at once; more are answered 429, which slows the queue. Default: no limit. */
  readonly maxConcurrency?: number;
  /**
   * What to do with a task that no definition knows. `"retry"` (the default) answers 404, so that Cloud Tasks tries again:
   * a newer push may have met an older revision. `"discard"` answers 200 and drops it. One that is declared and has no handler
   * in this process is known, and answered 404 in any case.
   */
  readonly unknownTask?: "retry" | "discard";
}

/** Worker options with their defaults. */
export interface ResolvedWorkerOptions {
  readonly allowUnauthenticated: boolean;
  /** Undefined where nobody said. */
  readonly verify: "oidc" | "platform" | undefined;
  readonly maxBodyBytes: number;
  readonly maxConcurrency: number;
  readonly unknownTask: "retry" | "discard";
}

const DEFAULTS: ResolvedWorkerOptions = {
  allowUnauthenticated: false,
  verify: undefined,
  maxBodyBytes: 1_048_576,
  maxConcurrency: Number.POSITIVE_INFINITY,
  unknownTask: "retry",
};

/**
 * @param options - as given
 * @returns the same with defaults
 * @throws TypeError for an unknown option or a value out of range
 */
export function resolveWorkerOptions(options: WorkerOptions): ResolvedWorkerOptions {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${WHAT}: options must be an object, received ${options === null ? "null" : typeof options}`);
  }
  rejectUnknownOptions(options, Object.keys(DEFAULTS), WHAT);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const resolved: ResolvedWorkerOptions = { ...DEFAULTS, ...given };
  // A string from the environment must not open the worker by being true.
  checkBoolean(resolved.allowUnauthenticated, `${WHAT}: allowUnauthenticated`);
  if (resolved.verify !== undefined && resolved.verify !== "oidc" && resolved.verify !== "platform") {
    throw new TypeError(`${WHAT}: verify must be "oidc" or "platform", received ${JSON.stringify(resolved.verify)}`);
  }
  checkCount(resolved.maxBodyBytes, "maxBodyBytes");
  if (resolved.maxConcurrency !== Number.POSITIVE_INFINITY) checkCount(resolved.maxConcurrency, "maxConcurrency");
  if (resolved.unknownTask !== "retry" && resolved.unknownTask !== "discard") {
    throw new TypeError(`${WHAT}: unknownTask must be "retry" or "discard", received "${resolved.unknownTask}"`);
  }
  return resolved;
}

function checkCount(value: unknown, option: string): void {
  if (Number.isInteger(value) && Number(value) >= 1) return;
  throw new TypeError(`${WHAT}: ${option} must be a whole number of 1 or more, received ${String(value)}`);
}
