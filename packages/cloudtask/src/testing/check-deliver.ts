import { refuseUnknown } from "../core/check-options.ts";
import type { AttemptOptions, DeliverOptions } from "./test-options.ts";

const WHAT = "tasks.deliver()";

const ATTEMPT: { readonly [Option in keyof Required<AttemptOptions>]: true } = {
  attempt: true,
  executionCount: true,
  overrides: true,
  previousResponse: true,
  scheduledAt: true,
  signal: true,
};

const DELIVER: { readonly [Option in keyof Required<DeliverOptions>]: true } = {
  ...ATTEMPT,
  dispatchDeadline: true,
  headers: true,
  name: true,
  queue: true,
};

/** What people call them who think of another library, or of the delivery. */
const RENAMED = { deps: "overrides", retryCount: "attempt", id: "name", at: "scheduledAt" } as const;

/**
 * @param options - for the delivery of a recorded push
 * @returns the same
 * @throws TypeError where one is unknown or wrong
 */
export function checkAttempt(options: AttemptOptions): AttemptOptions {
  refuseUnknown(options, Object.keys(ATTEMPT), `${WHAT} of a recorded push`, RENAMED);
  return checkCounts(options);
}

/**
 * @param options - for the delivery of a task
 * @returns the same
 * @throws TypeError where one is unknown or wrong
 */
export function checkDeliver(options: DeliverOptions): DeliverOptions {
  refuseUnknown(options, Object.keys(DELIVER), WHAT, RENAMED);
  return checkCounts(options);
}

/**
 * @param value - what was given as a number of things
 * @param what - which option it is, for the message
 * @returns the same
 * @throws TypeError where it is no whole number of 1 or more
 */
export function checkCount(value: unknown, what: string): number {
  if (Number.isInteger(value) && Number(value) >= 1) return Number(value);
  throw new TypeError(`${what} must be a whole number of 1 or more, received ${String(value)}`);
}

function checkCounts<Options extends AttemptOptions>(options: Options): Options {
  const { attempt, previousResponse, executionCount } = options;
  if (attempt !== undefined) checkCount(attempt, `${WHAT}: attempt`);
  if (executionCount !== undefined && !(Number.isInteger(executionCount) && executionCount >= 0)) {
    throw new TypeError(`${WHAT}: executionCount must be a whole number of 0 or more, received ${executionCount}`);
  }
  const isStatus =
    Number.isInteger(previousResponse) && Number(previousResponse) >= 100 && Number(previousResponse) < 600;
  if (previousResponse === undefined || previousResponse === null || isStatus) return options;
  throw new TypeError(
    `${WHAT}: previousResponse must be an HTTP status such as 500, or null, received ${previousResponse}`,
  );
}
