/**
 * Adds the matchers to Jest's `expect()`, and to its types, those of `@jest/globals` and of `@types/jest`: import it in a test, or
 * name it in `setupFilesAfterEnv`.
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
