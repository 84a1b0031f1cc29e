import { ApiError } from "cloudtask";
import { CommandFailure } from "../command-failure.ts";

/** Adds a hint to the error of a task that does not exist. Returns other errors unchanged. */
export function notFound(error: unknown, hint: string): unknown {
  if (!(error instanceof ApiError && error.status === "NOT_FOUND")) return error;
  return new CommandFailure(`${error.message} ${hint}`, { cause: error });
}
