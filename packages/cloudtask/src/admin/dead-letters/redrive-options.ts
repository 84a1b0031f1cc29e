import { checkFunction, rejectUnknownOptions } from "../../core/check-options.ts";
import type { CallOptions, QueueRef } from "../admin-context.ts";
import type { DeadLetter } from "./dead-letter.ts";
import type { DeadLetterMatch } from "./dead-letter-match.ts";

/**
 * Options of `admin.deadLetters.redrive()`.
 *
 * @typeParam Payload - the type of the payload that `edit` receives; Cloud Tasks does not check it
 *
 * @example
 * ```ts
 * const options: RedriveOptions = { match: { task: "charge-card" }, rate: 20 };
 * ```
 */
export interface RedriveOptions<Payload = unknown> extends CallOptions {
  /** The letters to redrive. Default: all. */
  readonly match?: DeadLetterMatch | undefined;
  /** The maximum number of letters to redrive. Default: no limit. */
  readonly limit?: number | undefined;
  /** The maximum number of letters that are redriven per second, above 0. Default: no limit. */
  readonly rate?: number | undefined;
  /** The queue to create the tasks in. Default: the home queue of each letter. */
  readonly to?: QueueRef | undefined;
  /**
   * Returns the payload to redrive instead of the letter's own. It is validated like that of a push, if the admin's client defines the
   * task.
   */
  // The type of a method: its parameter is bivariant, so a function with an annotated payload is accepted.
  readonly edit?: { of(payload: Payload, letter: DeadLetter): unknown }["of"] | undefined;
  /** Called after each letter. If it throws, no further letter is redriven, and the call rejects with its error. */
  readonly onProgress?: ((progress: RedriveProgress) => void) | undefined;
}

/**
 * The progress of a redrive.
 *
 * @example
 * ```ts
 * const report = ({ redriven }: RedriveProgress) => console.log(`${redriven} redriven`);
 * ```
 */
export interface RedriveProgress {
  /** The number of letters that were redriven. */
  readonly redriven: number;
  /** The number of letters that are still in the dead-letter queue because of an error. */
  readonly failed: number;
}

/**
 * A letter that could not be redriven.
 *
 * @example
 * ```ts
 * for (const { letter, error } of failed) console.error(letter.name, error);
 * ```
 */
export interface FailedRedrive {
  readonly letter: DeadLetter;
  readonly error: unknown;
}

/**
 * The result of a redrive.
 *
 * @example
 * ```ts
 * const { redriven, failed }: RedriveResult = await admin.deadLetters.redrive("payments-dead");
 * ```
 */
export interface RedriveResult {
  /** The number of letters that were redriven, and deleted from the dead-letter queue. */
  readonly redriven: number;
  /** The letters that are still in the dead-letter queue because of an error. */
  readonly failed: readonly FailedRedrive[];
}

const KNOWN: { readonly [Option in keyof Required<RedriveOptions>]: true } = {
  edit: true,
  limit: true,
  match: true,
  onProgress: true,
  rate: true,
  signal: true,
  to: true,
};

/** @throws TypeError for an unknown option or an invalid value */
export function checkRedriveOptions(options: RedriveOptions<never>, subject: string): void {
  rejectUnknownOptions(options, Object.keys(KNOWN), subject, { queue: "to", filter: "match", max: "limit" });
  checkFunction(options.edit, `${subject}: edit`);
  checkFunction(options.onProgress, `${subject}: onProgress`);
  checkLimit(options.limit, subject);
  const { rate } = options;
  if (rate !== undefined && !(typeof rate === "number" && rate > 0)) {
    throw new TypeError(`${subject}: \`rate\` must be a number of tasks per second above 0, received ${String(rate)}`);
  }
}

function checkLimit(limit: unknown, subject: string): void {
  if (limit === undefined || (Number.isInteger(limit) && Number(limit) > 0)) return;
  throw new TypeError(`${subject}: \`limit\` must be a positive integer, received ${String(limit)}`);
}
