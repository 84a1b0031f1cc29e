import { CloudTaskError } from "../../core/errors/cloud-task-error.ts";
import { deleteResource } from "../../transport/delete-resource.ts";
import type { AdminContext, CallOptions } from "../admin-context.ts";
import { createQueue, getQueue, switchQueue, updateQueue } from "../queues/queue-calls.ts";
import { sameValue } from "../queues/queue-field.ts";
import type { PlanStep } from "./plan-steps.ts";
import { valueText } from "./plan-text.ts";
import type { QueueChange, QueueFieldChange } from "./queue-change.ts";

/** Applies one step of a plan to the queues of a location. */
export async function applyStep(
  context: AdminContext,
  location: string,
  step: PlanStep,
  options: CallOptions,
): Promise<void> {
  const { change, settings } = step;
  const name = `${location}/queues/${change.queue}`;
  switch (change.action) {
    case "create":
      await createQueue(context, name, settings, options);
      return;
    case "update":
      await update(context, name, { step, changes: change.fields }, options);
      return;
    case "delete":
      await remove(context, name, change, options);
      return;
    default:
      await switchQueue(context, name, change.action, options);
  }
}

async function update(
  context: AdminContext,
  name: string,
  { step, changes }: { readonly step: PlanStep; readonly changes: readonly QueueFieldChange[] },
  options: CallOptions,
): Promise<void> {
  const queue = await getQueue(context, name, options);
  const fields = step.fields.filter(({ field, value }) => !sameValue(field.current(queue), value));
  for (const { field } of fields) {
    const planned = changes.find((each) => each.field === field.name)?.before;
    const now = field.current(queue);
    if (sameValue(now, planned)) continue;
    throw outdated(
      `${field.name} of the queue ${queue.id} was ${valueText(field.name, planned)} when the plan was created, and is ` +
        `${valueText(field.name, now)} now.`,
    );
  }
  if (fields.length > 0) await updateQueue(context, name, fields, options);
}

async function remove(
  context: AdminContext,
  name: string,
  { queue, tasksCount = 0 }: Extract<QueueChange, { readonly action: "delete" }>,
  options: CallOptions,
): Promise<void> {
  const { stats } = await getQueue(context, name, options);
  const count = stats?.tasksCount ?? 0;
  if (count > tasksCount) {
    throw outdated(`the queue ${queue} had ${tasksCount} tasks when the plan was created, and has ${count} now.`);
  }
  await deleteResource(context.transport, name, options);
}

function outdated(message: string): CloudTaskError {
  return new CloudTaskError("PLAN_OUTDATED", message);
}
