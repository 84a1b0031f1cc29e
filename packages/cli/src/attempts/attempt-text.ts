import { attemptLine } from "../emulator/attempt-line.ts";
import type { Terminal } from "../terminal.ts";
import type { AttemptJson } from "./inspect-json.ts";

/** Formats a finished attempt as the log of the emulator does, with its date. */
export function attemptText(attempt: AttemptJson, { paint }: Terminal): string {
  const { finishTime, retryTime, definition, status, error, discarded, request, response, ...rest } = attempt;
  const event = {
    ...rest,
    at: Date.parse(finishTime),
    retryAt: retryTime === undefined ? undefined : Date.parse(retryTime),
    ...{ definition, status, error, discarded, request, response },
  };
  return attemptLine(event, { paint, prefix: attempt.task.replace(/\/queues\/.*$/, "/queues/"), hasDate: true });
}
