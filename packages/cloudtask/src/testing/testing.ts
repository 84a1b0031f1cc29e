/**
 * Tools for tests of code that pushes or handles tasks: `testClient()`, and matchers for every test runner that has `expect.extend()`.
 *
 * @module
 */
import { loadLateCode } from "./load-late-code.ts";

export {
  type DeliveryMatchers,
  type MatcherContext,
  type MatcherResult,
  type NamedDefinition,
  type PushMatchers,
  type TaskMatchers,
  taskMatchers,
} from "./matchers.ts";
export type { AsymmetricMatcher, Equals, PayloadPattern } from "./payload-pattern.ts";
export type { RecordedDeadLetter } from "./recorded-dead-letter.ts";
export type { RecordedPush } from "./recorded-push.ts";
export { TasksFailedError } from "./tasks-failed-error.ts";
export { type TestClient, testClient } from "./test-client.ts";
export type { DeliveryOutcome, TestDelivery } from "./test-delivery.ts";
export type {
  AttemptOptions,
  DeliverOptions,
  DependencyReplacement,
  RunOptions,
  TestClientOptions,
} from "./test-options.ts";

loadLateCode();
