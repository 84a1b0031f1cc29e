/**
 * What tests of code that pushes and handles tasks import: `testClient()`, and matchers for any runner that has `expect.extend()`.
 *
 * @module
 */
export { type DeliveryMatchers, type PushMatchers, type TaskMatchers, taskMatchers } from "./matchers.ts";
export type { PayloadPattern } from "./payload-pattern.ts";
export type { RecordedPush } from "./recorded-push.ts";
export { TasksFailedError } from "./tasks-failed-error.ts";
export { TestClient, testClient } from "./test-client.ts";
export type { DeliveryOutcome, TestDelivery } from "./test-delivery.ts";
export type { AttemptOptions, DeliverOptions, RunOptions, TestClientOptions } from "./test-options.ts";
