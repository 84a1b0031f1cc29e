/** Invalid arguments: exit code 2. The message names the argument and the expected value. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
