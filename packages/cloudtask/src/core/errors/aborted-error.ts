import { CloudTaskError } from "./cloud-task-error.ts";

/**
 * Creates the error of an action that was aborted by its caller's signal.
 *
 * @param action - the action, to start the message with: `Could not delete projects/…`
 * @param signal - the aborted signal; its reason becomes the `cause`
 * @param effect - a sentence on what may have happened, to end the message with
 */
export function abortedError(action: string, { reason }: AbortSignal, effect = ""): CloudTaskError {
  const message = `${action}: aborted by its signal. ${effect}`.trimEnd();
  return new CloudTaskError("ABORTED", message, { cause: reason });
}

/** Creates the error of an action that was aborted before anything was sent. It has `sent: false`, as a `TimeoutError` may have. */
export function abortedUnsent(action: string, signal: AbortSignal): CloudTaskError {
  return Object.assign(abortedError(action, signal, "Nothing was sent."), { sent: false });
}
