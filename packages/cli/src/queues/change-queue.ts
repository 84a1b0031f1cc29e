import type { Queue } from "cloudtask/admin";
import { CommandFailure } from "../command-failure.ts";
import type { CommandContext, Run } from "../command-line/command-spec.ts";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { announce, confirm } from "../place/confirm.ts";
import { openPlace, type Place } from "../place/open-place.ts";
import { UsageError } from "../usage-error.ts";
import { queueSettings } from "./queue-setting-flags.ts";
import { printQueue } from "./show-queues.ts";

interface Change {
  /** The end of the line on stderr: `pauses the queue mail`. */
  readonly verb: string;
  readonly make: (place: Place, queue: string) => Promise<Queue>;
}

/** `cloudtask queues create`. */
export const createQueue: Run = async (flags, context) => {
  const settings = { ...queueSettings(flags), ...(flags.has("paused") ? { paused: true } : {}) };
  return change(flags, context, { verb: "creates", make: ({ admin }, queue) => admin.queues.create(queue, settings) });
};

/** `cloudtask queues update`. */
export const updateQueue: Run = async (flags, context) => {
  const settings = queueSettings(flags);
  if (Object.keys(settings).length === 0) throw new UsageError("nothing to change; pass a setting such as --rate 5");
  return change(flags, context, { verb: "changes", make: ({ admin }, queue) => admin.queues.update(queue, settings) });
};

/** `cloudtask queues pause`. */
export const pauseQueue: Run = (flags, context) =>
  change(flags, context, { verb: "pauses", make: ({ admin }, queue) => admin.queues.pause(queue) });

/** `cloudtask queues resume`. */
export const resumeQueue: Run = (flags, context) =>
  change(flags, context, { verb: "resumes", make: ({ admin }, queue) => admin.queues.resume(queue) });

/** `cloudtask queues purge`. */
export const purgeQueue: Run = async (flags, context) => {
  const place = await openPlace(flags, context);
  const { id, name, stats } = await place.admin.queues.get(flags.positionals[0] ?? "");
  await confirm(`deletes ${tasksText(stats?.tasksCount)} of the queue ${id} (${place.label})`, flags, context);
  announce(place, `deletes all tasks of the queue ${id}`, context);
  const queue = await place.admin.queues.purge(name);
  if (flags.has("json")) printQueue(queue, true, context.terminal);
  else context.terminal.out(`purged the queue ${id}`);
  return 0;
};

/** `cloudtask queues delete`. */
export const deleteQueue: Run = async (flags, context) => {
  const place = await openPlace(flags, context);
  const { id, name, stats } = await place.admin.queues.get(flags.positionals[0] ?? "");
  const lost = `deletes the queue ${id} with ${tasksText(stats?.tasksCount)} (${place.label})`;
  await confirm(lost, flags, context);
  announce(place, `deletes the queue ${id} with its tasks`, context);
  const existed = await place.admin.queues.delete(name);
  if (!existed) throw new CommandFailure(`the queue ${id} was deleted by someone else meanwhile`);
  context.terminal.out(flags.has("json") ? JSON.stringify({ deleted: name }) : `deleted the queue ${id}`);
  return 0;
};

async function change(flags: GivenFlags, context: CommandContext, { verb, make }: Change): Promise<number> {
  const place = await openPlace(flags, context);
  const [queue = ""] = flags.positionals;
  announce(place, `${verb} the queue ${queue}`, context);
  printQueue(await make(place, queue), flags.has("json"), context.terminal);
  return 0;
}

function tasksText(count: number | undefined): string {
  if (count === undefined) return "all tasks";
  return count === 1 ? "1 task" : `${count} tasks`;
}
