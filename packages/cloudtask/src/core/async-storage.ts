import { CloudTaskError } from "./errors/cloud-task-error.ts";

/** The part of `AsyncLocalStorage` that the library uses: a value that a chain of calls shares, even after an `await`. */
export interface AsyncStorage<T> {
  run<R>(store: T, callback: () => R): R;
  getStore(): T | undefined;
}

interface AsyncHooks {
  readonly AsyncLocalStorage: new <T>() => AsyncStorage<T>;
}

interface Runtime {
  readonly process?: { readonly getBuiltinModule?: (name: string) => AsyncHooks | undefined };
}

/**
 * Creates an `AsyncLocalStorage`. It is requested from the runtime and not imported, because an import would fail on a
 * runtime without it, even in applications that never use it.
 *
 * Source: https://nodejs.org/api/process.html#processgetbuiltinmoduleid (Node 20.16, Bun, Deno)
 *
 * @param feature - the feature that needs it, for the message
 * @param runtime - the runtime's globals
 * @throws CloudTaskError with the code `CONFIGURATION_MISSING` if the runtime has none
 */
export function createAsyncStorage<T>(feature: string, runtime: object = globalThis): AsyncStorage<T> {
  const hooks = (runtime as Runtime).process?.getBuiltinModule?.("node:async_hooks");
  if (hooks !== undefined) return new hooks.AsyncLocalStorage<T>();
  throw new CloudTaskError(
    "CONFIGURATION_MISSING",
    `${feature} requires AsyncLocalStorage, which this runtime does not have. Use Node 20.16 or later, or a Bun, Deno or edge ` +
      "runtime with `process.getBuiltinModule`. Without it, push after the commit, with client.pushMany().",
  );
}
