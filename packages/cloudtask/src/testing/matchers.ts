import type { TaskDefinition } from "../client/tasks/task-definition.ts";
import type { DiscardReason } from "../execution/execution-outcome.ts";
import { formatValue } from "./format-value.ts";
import { type Equals, matchesPattern, type PayloadPattern } from "./payload-pattern.ts";
import type { RecordedPush } from "./recorded-push.ts";
import type { TestClient } from "./test-client.ts";
import type { TestDelivery } from "./test-delivery.ts";

/**
 * Assertions about the pushes of a test client.
 *
 * @example
 * ```ts
 * expect(tasks).toHavePushed(sendWelcomeEmail, { email: expect.any(String) });
 * expect(tasks).toHavePushedTimes(sendWelcomeEmail, 1);
 * ```
 */
export interface PushMatchers<R> {
  /**
   * Checks that a task of a definition was pushed, with a matching payload if a pattern is given. The pattern may contain a part of the
   * payload, and asymmetric matchers. Pushes that were deduplicated do not count, because they created no task.
   *
   * Only pushes made so far are checked, so with `not` await all code that may push first.
   */
  toHavePushed<Payload>(definition: TaskDefinition<Payload, unknown>, payload?: PayloadPattern<NoInfer<Payload>>): R;
  /** Checks how many tasks of a definition were pushed. Pushes that were deduplicated do not count. */
  toHavePushedTimes(definition: TaskDefinition<never, unknown>, times: number): R;
}

/**
 * Assertions about a delivery.
 *
 * @example
 * ```ts
 * expect(await tasks.deliver(chargeCard({ orderId: 1 }))).toHaveSucceeded();
 * expect(await tasks.deliver(chargeCard({ orderId: -1 }))).toHaveBeenDiscarded("invalid-payload");
 * ```
 */
export interface DeliveryMatchers<R> {
  /** Checks that the handler returned and its dependencies were torn down without an error. */
  toHaveSucceeded(): R;
  /** Checks that the task failed and will not be retried, for this reason if you pass one. */
  toHaveBeenDiscarded(reason?: DiscardReason): R;
}

/**
 * All matchers that `cloudtask/testing/vitest` and `cloudtask/testing/jest` add to `expect()`.
 *
 * @example
 * ```ts
 * declare module "my-test-runner" {
 *   interface Assertions extends TaskMatchers<void> {}
 * }
 * ```
 */
export interface TaskMatchers<R> extends PushMatchers<R>, DeliveryMatchers<R> {}

/**
 * The part of a test runner's matcher context that is used here.
 *
 * @example
 * ```ts
 * const context: MatcherContext = { equals: (a, b) => Object.is(a, b) };
 * ```
 */
export interface MatcherContext {
  readonly equals: Equals;
}

/**
 * The result of a matcher.
 *
 * @example
 * ```ts
 * const { pass, message }: MatcherResult = taskMatchers.toHaveSucceeded(delivery);
 * if (!pass) throw new Error(message());
 * ```
 */
export interface MatcherResult {
  readonly pass: boolean;
  /** Returns the message of a failure. */
  readonly message: () => string;
}

/** A task definition, as the matchers use it. */
export type NamedDefinition = { readonly name: string };

/** The number of pushes that a message lists. */
const MAX_LISTED = 10;

/**
 * The matchers, for `expect.extend()` of any test runner. With Vitest or Jest, import `cloudtask/testing/vitest` or
 * `cloudtask/testing/jest` instead, which also adds their types.
 *
 * @example
 * ```ts
 * import { expect } from "bun:test";
 * import { taskMatchers } from "cloudtask/testing";
 *
 * expect.extend(taskMatchers);
 * ```
 */
export const taskMatchers: {
  toHavePushed(
    this: MatcherContext,
    tasks: unknown,
    definition: NamedDefinition,
    ...payload: readonly unknown[]
  ): MatcherResult;
  toHavePushedTimes(tasks: unknown, definition: NamedDefinition, times: number): MatcherResult;
  toHaveSucceeded(delivery: unknown): MatcherResult;
  toHaveBeenDiscarded(delivery: unknown, reason?: DiscardReason): MatcherResult;
} = {
  toHavePushed(tasks, definition, ...patterns) {
    // Bun's `equals()` must be called as a method.
    const equals: Equals = (a, b) => this.equals(a, b);
    const pushes = pushesOf(tasks, definition, "toHavePushed");
    const anyPayload = patterns.length === 0;
    const pass = withoutDuplicates(pushes).some(({ payload }) => {
      return anyPayload || matchesPattern(patterns[0], payload, equals);
    });
    const message = (): string => {
      const matching = anyPayload ? "" : ` with a payload that matches ${formatValue(patterns[0])}`;
      return `expected ${pass ? "no push" : "a push"} of "${definition.name}"${matching}; ${listed(pushes, tasks)}`;
    };
    return { pass, message };
  },

  toHavePushedTimes(tasks, definition, expected) {
    if (!(Number.isInteger(expected) && expected >= 0)) {
      throw new TypeError(`toHavePushedTimes(): times must be an integer of 0 or more, received ${String(expected)}`);
    }
    const pushes = pushesOf(tasks, definition, "toHavePushedTimes");
    const pass = withoutDuplicates(pushes).length === expected;
    const message = (): string =>
      `expected "${definition.name}" ${pass ? "not " : ""}to be pushed ${times(expected)}; ${listed(pushes, tasks)}`;
    return { pass, message };
  },

  toHaveSucceeded(delivery) {
    const pass = deliveryOf(delivery, "toHaveSucceeded").outcome === "success";
    const message = (): string =>
      `expected the delivery ${pass ? "not to succeed" : "to succeed"}; ${description(delivery as TestDelivery)}`;
    return { pass, message };
  },

  toHaveBeenDiscarded(delivery, expected) {
    const { outcome, reason } = deliveryOf(delivery, "toHaveBeenDiscarded");
    const pass = outcome === "discarded" && (expected === undefined || reason === expected);
    const message = (): string => {
      const why = expected === undefined ? "" : ` for the reason "${expected}"`;
      return `expected the delivery ${pass ? "not " : ""}to be discarded${why}; ${description(delivery as TestDelivery)}`;
    };
    return { pass, message };
  },
};

function pushesOf(tasks: unknown, definition: NamedDefinition, matcher: string): readonly RecordedPush[] {
  if (typeof (tasks as Partial<TestClient> | undefined)?.pushed !== "function") {
    throw new TypeError(
      `${matcher}(): expected a test client, as in expect(testClient(client)).${matcher}(definition)`,
    );
  }
  if (typeof definition !== "function") {
    throw new TypeError(
      `${matcher}(): expected a task definition, received ${definition === null ? "null" : typeof definition}`,
    );
  }
  return (tasks as TestClient).pushed(definition as TaskDefinition<never, unknown>);
}

function withoutDuplicates(pushes: readonly RecordedPush[]): readonly RecordedPush[] {
  return pushes.filter(({ deduplicated }) => !deduplicated);
}

function listed(pushes: readonly RecordedPush[], tasks: unknown): string {
  if (pushes.length === 0) return otherPushes((tasks as TestClient).pushed());
  const lines = pushes.slice(0, MAX_LISTED).map(({ payload, deduplicated }, index) => {
    const note = deduplicated ? " (deduplicated: its name was taken)" : "";
    return `\n  ${index + 1}. ${formatValue(payload)}${note}`;
  });
  const more = pushes.length > MAX_LISTED ? `\n  and ${pushes.length - MAX_LISTED} more` : "";
  return `recorded pushes: ${pushes.length}${lines.join("")}${more}`;
}

function otherPushes(pushes: readonly RecordedPush[]): string {
  if (pushes.length === 0) return "no push was recorded";
  const counts = new Map<string, number>();
  for (const { task } of pushes) counts.set(task, (counts.get(task) ?? 0) + 1);
  return `only other tasks were pushed: ${[...counts].map(([task, count]) => `"${task}" (${times(count)})`).join(", ")}`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function deliveryOf(delivery: unknown, matcher: string): TestDelivery {
  if (typeof (delivery as Partial<TestDelivery> | undefined)?.outcome === "string") return delivery as TestDelivery;
  throw new TypeError(`${matcher}(): expected a delivery, as in expect(await tasks.deliver(task)).${matcher}()`);
}

function description(delivery: TestDelivery): string {
  const { task, payload, attempt, outcome, reason, error, response } = delivery;
  const which = `attempt ${attempt} of "${task}" ${formatValue(payload)}`;
  const ending = reason === undefined ? outcome : `${outcome}, ${reason}`;
  return `${which} was answered ${response.status} (${ending})${error === undefined ? "" : `: ${stackOf(error)}`}`;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
