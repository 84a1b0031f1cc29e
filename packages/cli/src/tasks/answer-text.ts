import type { QueuedTask } from "cloudtask/admin";

type Response = NonNullable<NonNullable<QueuedTask["lastAttempt"]>["response"]>;

/** Formats the last answer to a task as Cloud Tasks keeps it: `403 PERMISSION_DENIED`, or `no answer`. */
export function answerText({ status, message }: Response): string {
  // Cloud Tasks writes `PERMISSION_DENIED(7): HTTP status code 403`, with the code 0 if there was no connection.
  const [, code] = /HTTP status code (0|\d{3})$/.exec(message) ?? [];
  if (code === "0") return "no answer";
  if (code !== undefined) return `${code} ${status}`;
  return message ? `${status}: ${message}` : status;
}
