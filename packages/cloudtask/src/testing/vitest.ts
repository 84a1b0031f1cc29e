/**
 * Adds the matchers to Vitest's `expect()`, and to its types: import it in a test, or in a file of `setupFiles`.
 *
 * @module
 */
// The declarations keep this import, and leave the other out; without one, TypeScript does not find there what is augmented here.
import "vitest";
import { expect } from "vitest";
import { type TaskMatchers, taskMatchers } from "./matchers.ts";

declare module "vitest" {
  interface Assertion<T> extends TaskMatchers<void> {}
}

expect.extend(taskMatchers);
