import type { QueuedTask } from "cloudtask/admin";
import type { Run } from "../command-line/command-spec.ts";
import { jsonText } from "../output/json.ts";
import { announce } from "../place/confirm.ts";
import { openPlace } from "../place/open-place.ts";
import { taskRef } from "./task-argument.ts";

/** `cloudtask tasks run`. */
export const runTasks: Run = async (flags, context) => {
  const refs = flags.positionals.map(taskRef);
  const place = await openPlace(flags, context);
  announce(place, `dispatches ${refs.length === 1 ? "1 task" : `${refs.length} tasks`} now`, context);
  const tasks: QueuedTask[] = [];
  for (const ref of refs) {
    const task = await place.admin.tasks.run(ref);
    tasks.push(task);
    if (!flags.has("json")) context.terminal.out(`dispatched ${task.queue}/${task.id}, attempt ${task.dispatchCount}`);
  }
  if (flags.has("json")) context.terminal.out(jsonText(tasks));
  return 0;
};
