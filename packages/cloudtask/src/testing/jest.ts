/**
 * Adds the matchers to `expect()` of Jest and to its types, both `@jest/globals` and `@types/jest`. Import it in a test file, or list it
 * in `setupFilesAfterEnv`.
 *
 * @module
 */
import { expect } from "@jest/globals";
import { type TaskMatchers, taskMatchers } from "./matchers.ts";

declare module "expect" {
  interface Matchers<R extends void | Promise<void>, T> extends TaskMatchers<R> {}
}

declare global {
  namespace jest {
    interface Matchers<R, T> extends TaskMatchers<R> {}
  }
}

expect.extend(taskMatchers);
