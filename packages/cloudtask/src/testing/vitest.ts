/**
 * Adds the matchers to `expect()` of Vitest and to its types. Import it in a test file, or in a file of `setupFiles`.
 *
 * @module
 */
// TypeScript finds the augmented module only if the declarations import it, and they keep only this side-effect import.
import "vitest";
import { expect } from "vitest";
import { type TaskMatchers, taskMatchers } from "./matchers.ts";

declare module "vitest" {
  interface Assertion<T> extends TaskMatchers<void> {}
}

expect.extend(taskMatchers);
