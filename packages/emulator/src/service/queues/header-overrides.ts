import { invalidArgument } from "../rpc-error.ts";

const reserved =
  /^(?:host|user-agent|content-length|connection|transfer-encoding|x-forwarded-for|x-google-.*|x-appengine-.*|x-cloudtasks-.*)$/i;

/**
 * Checks the names of the headers that a queue overrides. Unlike those of a task, they are rejected, not dropped.
 *
 * @throws RpcError that lists all names that the real service rejects
 */
export function checkHeaderOverrides(names: readonly string[]): void {
  const rejected = names.filter((name) => name === "" || name.includes(":") || reserved.test(name));
  if (rejected.length === 0) return;
  throw invalidArgument(
    `Error in parsing HttpTarget.headers. Header name cannot be empty or start with reserved prefixes. Invalid headers found: ${rejected.join(", ")}`,
  );
}
