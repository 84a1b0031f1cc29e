import { deleteTask } from "../../../engine/delete-task.ts";
import { invalidArgument } from "../../../service/rpc-error.ts";
import type { InspectParts } from "../../inspect-parts.ts";
import { findFinished } from "../../tasks/task-detail-json.ts";
import type { PushJson } from "../../types/control-types.ts";
import type { ControlRequest } from "../control.ts";
import { type Fields, fieldsOf } from "../control-fields.ts";
import { copiedTask } from "./copied-task.ts";
import { editedRequest } from "./edited-request.ts";
import { createCopy } from "./task-copy.ts";

const allowed = [
  "from",
  "delete",
  "queue",
  "id",
  "scheduleTime",
  "dispatchDeadlineMs",
  "method",
  "url",
  "headers",
  "body",
  "bodyBase64",
] as const;

/** Answers POST /control/push. */
export async function controlPush({ parts, request }: ControlRequest): Promise<object> {
  const fields = await fieldsOf<PushJson>(request, allowed);
  const from = text(fields, "from");
  if (from === undefined) throw invalidArgument("from: expected the full name of a task");
  const isDeleting = fields.delete ?? false;
  if (typeof isDeleting !== "boolean") throw invalidArgument("delete: expected true or false");
  const copied = copiedTask(parts, from);
  const name = await createCopy(parts.services, {
    queue: text(fields, "queue") ?? copied.queue,
    id: text(fields, "id") ?? "",
    scheduledAt: scheduledAtOf(fields),
    deadlineMs: deadlineOf(fields) ?? copied.deadlineMs,
    retry: copied.retry,
    request: editedRequest(copied, {
      method: text(fields, "method"),
      url: text(fields, "url"),
      headers: headersOf(fields),
      body: text(fields, "body"),
      bodyBase64: text(fields, "bodyBase64"),
    }),
  });
  if (!copied.task) markFinished(parts, from);
  // The copy is stored, so a crash here leaves both tasks, never none.
  if (isDeleting && copied.task && !copied.task.removed) {
    deleteTask(parts.engine, copied.task);
    parts.services.context.changed();
    await parts.engine.store.flushed();
  }
  return { name };
}

function markFinished(parts: InspectParts, name: string): void {
  const finished = findFinished(parts, name);
  if (finished) parts.replaced.add(finished.last.sequence);
}

function text(fields: Fields<PushJson>, name: keyof PushJson): string | undefined {
  const value = fields[name];
  if (value === undefined || typeof value === "string") return value;
  throw invalidArgument(`${name}: expected a string; received ${JSON.stringify(value)}`);
}

function scheduledAtOf(fields: Fields<PushJson>): number | undefined {
  const time = text(fields, "scheduleTime");
  const scheduledAt = time === undefined ? undefined : Date.parse(time);
  if (scheduledAt === undefined || !Number.isNaN(scheduledAt)) return scheduledAt;
  throw invalidArgument(`scheduleTime: expected a time such as 2030-01-01T12:00:00Z; received ${JSON.stringify(time)}`);
}

function deadlineOf({ dispatchDeadlineMs: value }: Fields<PushJson>): number | undefined {
  if (value === undefined || (typeof value === "number" && Number.isFinite(value) && value >= 0)) return value;
  throw invalidArgument(`dispatchDeadlineMs: expected milliseconds; received ${JSON.stringify(value)}`);
}

function headersOf({ headers }: Fields<PushJson>): Readonly<Record<string, string>> | undefined {
  if (headers === undefined) return undefined;
  const isObject = typeof headers === "object" && headers !== null && !Array.isArray(headers);
  const entries: readonly (readonly [string, unknown])[] = isObject ? Object.entries(headers) : [["", undefined]];
  if (entries.every(([, value]) => typeof value === "string"))
    return Object.fromEntries(entries) as Record<string, string>;
  throw invalidArgument("headers: expected an object of strings");
}
