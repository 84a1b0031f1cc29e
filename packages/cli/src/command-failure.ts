/** A failure that is no mistake in the arguments: exit code 1. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
}
