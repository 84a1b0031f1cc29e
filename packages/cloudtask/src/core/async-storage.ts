import { CloudTaskError } from "./errors/cloud-task-error.ts";

/** What is known along a chain of calls, also after an `await`: of `AsyncLocalStorage`, what is used here. */
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
 * Asks the runtime for it rather than importing it, so that what never uses it also runs where there is none.
 *
 * Source: https://nodejs.org/api/process.html#processgetbuiltinmoduleid (Node 20.16, Bun, Deno)
 *
 * @param what - what needs it, for the message
 * @param runtime - the runtime's globals
 * @returns a storage
 * @throws CloudTaskError with the code `CONFIGURATION_MISSING` where the runtime has none
 */
export function createAsyncStorage<T>(what: string, runtime: object = globalThis): AsyncStorage<T> {
  const hooks = (runtime as Runtime).process?.getBuiltinModule?.("node:async_hooks");
  if (hooks !== undefined) return new hooks.AsyncLocalStorage<T>();
  throw new CloudTaskError(
    "CONFIGURATION_MISSING",
    `${what} needs AsyncLocalStorage, which this runtime does not give: it takes Node 20.16, or a Bun, Deno or edge runtime ` +
      "with `process.getBuiltinModule`; elsewhere push after the commit, with client.pushMany()",
  );
}
