import type { TaskDefinition } from "../client/tasks/task-definition.ts";
import type { DiscardReason } from "../execution/execution-outcome.ts";
import { type Equals, fits, type PayloadPattern } from "./payload-pattern.ts";
import type { RecordedPush } from "./recorded-push.ts";
import { shownValue } from "./shown-value.ts";
import type { TestClient } from "./test-client.ts";
import type { TestDelivery } from "./test-delivery.ts";

/** What a test can say of a test client. */
export interface PushMatchers<R> {
  /**
   * A task of a definition was pushed, with a payload that fits where one is given: any part of it, and asymmetric matchers. Pushes
   * that met a taken name do not count: no task came of them. It asks for the present: under `not`, nobody knows of a push that the
   * code under test did not await, and that comes later.
   */
  toHavePushed<Payload>(definition: TaskDefinition<Payload, unknown>, payload?: PayloadPattern<NoInfer<Payload>>): R;
  /** So many tasks of a definition were pushed. Pushes that met a taken name do not count. */
  toHavePushedTimes(definition: TaskDefinition<never, unknown>, times: number): R;
}

/** What a test can say of a delivery. */
export interface DeliveryMatchers<R> {
  /** The handler returned, and its dependencies were torn down. */
  toHaveSucceeded(): R;
  /** The delivery was answered as done although it was not; for this reason, where one is given. */
  toHaveBeenDiscarded(reason?: DiscardReason): R;
}

/** What `cloudtask/testing/vitest` and `cloudtask/testing/jest` add to `expect()`. */
export interface TaskMatchers<R> extends PushMatchers<R>, DeliveryMatchers<R> {}

/** What the test runners give a matcher, as far as it is used here. */
interface MatcherContext {
  readonly equals: Equals;
}

/** What a matcher answers the test runner. */
interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** A definition, as far as a matcher asks. */
type Named = { readonly name: string };

/** How many pushes a message shows. */
const SHOWN = 10;

/**
 * The matchers, for `expect.extend()` of any test runner. For Vitest and Jest, importing `cloudtask/testing/vitest` or
 * `cloudtask/testing/jest` does that, and tells their types.
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
  toHavePushed(this: MatcherContext, tasks: unknown, definition: Named, ...payload: readonly unknown[]): MatcherResult;
  toHavePushedTimes(tasks: unknown, definition: Named, times: number): MatcherResult;
  toHaveSucceeded(delivery: unknown): MatcherResult;
  toHaveBeenDiscarded(delivery: unknown, reason?: DiscardReason): MatcherResult;
} = {
  toHavePushed(tasks, definition, ...expected) {
    // Bun's takes no other `this`.
    const equals: Equals = (one, other) => this.equals(one, other);
    const pushes = pushesOf(tasks, definition, "toHavePushed");
    const any = expected.length === 0;
    const pass = created(pushes).some(({ payload }) => any || fits(expected[0], payload, equals));
    const message = (): string => {
      const fitting = any ? "" : ` with a payload that fits ${shownValue(expected[0])}`;
      return `expected ${pass ? "no push" : "a push"} of "${definition.name}"${fitting}; ${listed(pushes, tasks)}`;
    };
    return { pass, message };
  },

  toHavePushedTimes(tasks, definition, times) {
    if (!(Number.isInteger(times) && times >= 0)) {
      throw new TypeError(
        `toHavePushedTimes(): expected how many, a whole number of 0 or more, received ${String(times)}`,
      );
    }
    const pushes = pushesOf(tasks, definition, "toHavePushedTimes");
    const pass = created(pushes).length === times;
    const message = (): string => {
      const count = `${pass ? "other than " : ""}${times} ${times === 1 ? "push" : "pushes"}`;
      return `expected ${count} of "${definition.name}"; ${listed(pushes, tasks)}`;
    };
    return { pass, message };
  },

  toHaveSucceeded(delivery) {
    const pass = deliveryOf(delivery, "toHaveSucceeded").outcome === "success";
    const message = (): string =>
      `expected the delivery ${pass ? "not to succeed" : "to succeed"}; ${told(delivery as TestDelivery)}`;
    return { pass, message };
  },

  toHaveBeenDiscarded(delivery, expected) {
    const { outcome, reason } = deliveryOf(delivery, "toHaveBeenDiscarded");
    const pass = outcome === "discarded" && (expected === undefined || reason === expected);
    const message = (): string => {
      const why = expected === undefined ? "" : ` for the reason "${expected}"`;
      return `expected the delivery ${pass ? "not " : ""}to be discarded${why}; ${told(delivery as TestDelivery)}`;
    };
    return { pass, message };
  },
};

function pushesOf(tasks: unknown, definition: Named, matcher: string): readonly RecordedPush[] {
  if (typeof (tasks as Partial<TestClient> | undefined)?.pushed !== "function") {
    throw new TypeError(`${matcher}(): expected what testClient() returns, as in expect(tasks).${matcher}(definition)`);
  }
  if (typeof definition !== "function") {
    throw new TypeError(
      `${matcher}(): expected a task definition, received ${definition === null ? "null" : typeof definition}`,
    );
  }
  return (tasks as TestClient).pushed(definition as TaskDefinition<never, unknown>);
}

function created(pushes: readonly RecordedPush[]): readonly RecordedPush[] {
  return pushes.filter(({ deduplicated }) => !deduplicated);
}

/** What was pushed, to be shown beside what was expected. */
function listed(pushes: readonly RecordedPush[], tasks: unknown): string {
  if (pushes.length === 0) return `it was not pushed, and ${others((tasks as TestClient).pushed())}`;
  const lines = pushes.slice(0, SHOWN).map(({ payload, deduplicated }, index) => {
    const note = deduplicated ? " (its name was taken: no task came of it)" : "";
    return `\n  ${index + 1}. ${shownValue(payload)}${note}`;
  });
  const more = pushes.length > SHOWN ? `\n  and ${pushes.length - SHOWN} more` : "";
  return `it was pushed ${times(pushes.length)}:${lines.join("")}${more}`;
}

function others(pushes: readonly RecordedPush[]): string {
  if (pushes.length === 0) return "nothing else was";
  const counts = new Map<string, number>();
  for (const { task } of pushes) counts.set(task, (counts.get(task) ?? 0) + 1);
  return `what was: ${[...counts].map(([task, count]) => `"${task}" (${times(count)})`).join(", ")}`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function deliveryOf(delivery: unknown, matcher: string): TestDelivery {
  if (typeof (delivery as Partial<TestDelivery> | undefined)?.outcome === "string") return delivery as TestDelivery;
  throw new TypeError(`${matcher}(): expected what tasks.deliver() resolves to: is it awaited?`);
}

function told(delivery: TestDelivery): string {
  const { task, payload, attempt, outcome, reason, error, response } = delivery;
  const what = `attempt ${attempt} of "${task}" ${shownValue(payload)}`;
  const how = reason === undefined ? outcome : `${outcome}, ${reason}`;
  return `${what} was answered ${response.status} (${how})${error === undefined ? "" : `: ${stackOf(error)}`}`;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
