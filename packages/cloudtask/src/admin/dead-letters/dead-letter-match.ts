import { checkFunction, rejectUnknownOptions } from "../../core/check-options.ts";
import type { DiscardReason } from "../../execution/execution-outcome.ts";
import type { DeadLetter } from "./dead-letter.ts";

/**
 * Selects dead letters. A letter must match every property that is set; without any, all letters match.
 *
 * @example
 * ```ts
 * const declined: DeadLetterMatch = { task: "charge-card", reason: "max-attempts", message: "card declined" };
 * ```
 */
export interface DeadLetterMatch {
  /** The name of the definition, or several. */
  readonly task?: string | readonly string[] | undefined;
  /** The reason of the discard, or several. */
  readonly reason?: DiscardReason | readonly DiscardReason[] | undefined;
  /** A part of the message, or a regular expression. */
  readonly message?: string | RegExp | undefined;
  /** The id of the home queue, or several. */
  readonly homeQueue?: string | readonly string[] | undefined;
  /** Full resource names or ids of dead letters. Only these are read, so it is fast in a queue of any length. */
  readonly names?: readonly string[] | undefined;
  /** Checks each letter that matches the other properties. */
  readonly where?: ((letter: DeadLetter) => boolean) | undefined;
}

const KNOWN: { readonly [Option in keyof Required<DeadLetterMatch>]: true } = {
  homeQueue: true,
  message: true,
  names: true,
  reason: true,
  task: true,
  where: true,
};

/**
 * Checks the option `match`, and returns a function that checks a letter.
 *
 * @throws TypeError for an unknown property or an invalid value
 */
export function letterMatcher(match: DeadLetterMatch, subject: string): (letter: DeadLetter) => boolean {
  if (typeof match !== "object" || match === null) {
    throw new TypeError(
      `${subject}: \`match\` must be an object such as { task: "charge-card" }, received ${typeof match}`,
    );
  }
  rejectUnknownOptions(match, Object.keys(KNOWN), `${subject}: match`, { definition: "task", name: "names" });
  const { task, reason, message, homeQueue, names, where } = match;
  checkFunction(where, `${subject}: match.where`);
  if (names !== undefined) checkTexts(names, "names", subject);
  const tasks = textsOf(task, "task", subject);
  const reasons = textsOf(reason, "reason", subject);
  const queues = textsOf(homeQueue, "homeQueue", subject);
  if (message !== undefined && typeof message !== "string" && !(message instanceof RegExp)) {
    throw new TypeError(
      `${subject}: \`match.message\` must be a text or a regular expression, received ${typeof message}`,
    );
  }
  return (letter) =>
    isIn(tasks, letter.task) &&
    isIn(reasons, letter.reason) &&
    isIn(queues, letter.homeQueue) &&
    hasMessage(letter, message) &&
    (where === undefined || where(letter));
}

function textsOf(value: unknown, property: string, subject: string): readonly string[] | undefined {
  if (value === undefined) return undefined;
  return checkTexts(Array.isArray(value) ? value : [value], property, subject);
}

function checkTexts(value: unknown, property: string, subject: string): readonly string[] {
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value;
  throw new TypeError(`${subject}: \`match.${property}\` must be a list of strings, received ${JSON.stringify(value)}`);
}

function isIn(allowed: readonly string[] | undefined, value: string | undefined): boolean {
  return allowed === undefined || (value !== undefined && allowed.includes(value));
}

function hasMessage({ message = "" }: DeadLetter, wanted: string | RegExp | undefined): boolean {
  if (wanted === undefined) return true;
  return typeof wanted === "string" ? message.includes(wanted) : message.search(wanted) !== -1;
}
