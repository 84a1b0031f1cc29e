import { checkBoolean, rejectUnknownOptions } from "../core/check-options.ts";

const SUBJECT = "createWorker()";

/**
 * Options of a worker. The adapters accept the same options.
 *
 * @example
 * ```ts
 * const worker = createWorker(client, { maxConcurrency: 20, unknownTask: "discard" });
 * ```
 */
export interface WorkerOptions {
  /**
   * Accepts callers without an OIDC token. Use it only on a local machine, or if something in front of the worker authenticates
   * its callers: anyone can send `X-CloudTasks-*` headers. A `secret` of the client is still required. Default `false`: the worker
   * of a client with neither `serviceAccount` nor `secret` cannot be created.
   */
  readonly allowUnauthenticated?: boolean;
  /**
   * Selects the verifier of the OIDC token of the client's `serviceAccount`. `"oidc"` (the default): the worker verifies the token
   * with the keys of its issuer. `"platform"`: a private Cloud Run service has verified the token before it calls the worker. The
   * worker then compares only the claims of the token, so **the service must require authentication**. With an emulator, the worker
   * always verifies the token itself. Cannot be combined with `allowUnauthenticated: true`.
   */
  readonly verify?: "oidc" | "platform";
  /** The largest accepted body, in bytes. Larger bodies are answered 413. Default 1,048,576, which is more than a task can have. */
  readonly maxBodyBytes?: number;
  /**
   * The maximum number of deliveries that run at the same time. Further deliveries are answered 429, which slows down the
   * queue. Unauthenticated requests don't count. Default: no limit.
   */
  readonly maxConcurrency?: number;
  /**
   * The answer to a task without a definition. `"retry"` (the default) answers 404, so Cloud Tasks tries again: a newer revision
   * may have pushed the task to an older one. `"discard"` answers 200 and drops the task. A task that is declared but has no handler
   * in this process is always answered 404.
   */
  readonly unknownTask?: "retry" | "discard";
}

/** Worker options with their defaults. */
export interface ResolvedWorkerOptions {
  readonly allowUnauthenticated: boolean;
  /** `undefined` if the option was not set. */
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
 * Checks worker options and adds the defaults.
 *
 * @throws TypeError if an option is unknown or its value is invalid
 */
export function resolveWorkerOptions(options: WorkerOptions): ResolvedWorkerOptions {
  rejectUnknownOptions(options, Object.keys(DEFAULTS), SUBJECT);
  const set = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const resolved: ResolvedWorkerOptions = { ...DEFAULTS, ...set };
  // Without this check, the string "false" from an environment variable would disable authentication.
  checkBoolean(resolved.allowUnauthenticated, `${SUBJECT}: allowUnauthenticated`);
  if (resolved.verify !== undefined) checkChoice(resolved.verify, ["oidc", "platform"], "verify");
  checkPositiveInteger(resolved.maxBodyBytes, "maxBodyBytes");
  if (resolved.maxConcurrency !== Number.POSITIVE_INFINITY) {
    checkPositiveInteger(resolved.maxConcurrency, "maxConcurrency");
  }
  checkChoice(resolved.unknownTask, ["retry", "discard"], "unknownTask");
  return resolved;
}

function checkChoice(value: unknown, choices: readonly [string, string], option: string): void {
  if (choices.some((choice) => choice === value)) return;
  const [first, second] = choices;
  throw new TypeError(`${SUBJECT}: \`${option}\` must be "${first}" or "${second}", received ${JSON.stringify(value)}`);
}

function checkPositiveInteger(value: unknown, option: string): void {
  if (Number.isInteger(value) && Number(value) >= 1) return;
  throw new TypeError(`${SUBJECT}: \`${option}\` must be a positive integer, received ${String(value)}`);
}
