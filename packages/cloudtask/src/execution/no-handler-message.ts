import type { TaskRecord } from "./registry.ts";

/** Returns the error message for a declared definition without a handler in this process. */
export function noHandlerMessage({ name }: TaskRecord): string {
  return (
    `"${name}" is declared but has no handler in this process; import the module that calls client.handle(), or the ` +
    "provider with @OnTask"
  );
}
