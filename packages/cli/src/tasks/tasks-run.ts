/** The commands of `cloudtask tasks`. They are loaded together when one runs. */
export { deleteTasks } from "./delete-tasks.ts";
export { describeTask } from "./describe-task.ts";
export { listTasks } from "./list-tasks.ts";
export { pushTask } from "./push-task.ts";
export { runTasks } from "./run-tasks.ts";
