/** The command was called in a way that it cannot be: exit code 2. The message says which argument, and what to write. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
