import type { ArgumentSpec, CommandGroup, Run } from "../command-line/command-spec.ts";
import type { Flag, FlagGroup } from "../command-line/flag.ts";
import { confirmGroup, jsonGroup, placeGroup } from "../place/place-flags.ts";

const task: ArgumentSpec = { name: "TASK", hint: "pass QUEUE/ID, as cloudtask tasks list shows it" };
const queue: ArgumentSpec = { name: "QUEUE", hint: "pass the id of a queue, as cloudtask queues list shows it" };
const definitionFlag: Flag = { name: "definition", value: "NAME", help: "Only tasks of this definition" };
const attemptsFlag: Flag = { name: "min-attempts", value: "N", help: "Only tasks with at least this many attempts" };

/** The options that select tasks of a queue for an action. */
function matchingGroup(action: string): FlagGroup {
  const queueFlag: Flag = { name: "queue", value: "ID", help: `${action} all matching tasks of this queue` };
  return { title: "Which", flags: [queueFlag, definitionFlag, attemptsFlag] };
}

/** The name of a run function of `tasks-run.ts`. */
type Action = keyof typeof import("./tasks-run.ts");

const load = (action: Action) => async (): Promise<Run> => (await import("./tasks-run.ts"))[action];

/** `cloudtask tasks …`. */
export const tasksCommand: CommandGroup = {
  name: "tasks",
  summary: "List, push, run and delete tasks",
  commands: [
    {
      name: "list",
      summary: "List the waiting tasks of a queue",
      args: [queue],
      groups: [
        {
          title: "Which",
          flags: [definitionFlag, attemptsFlag, { name: "limit", value: "N", help: "At most this many (default 100)" }],
        },
        placeGroup,
        jsonGroup,
      ],
      load: load("listTasks"),
    },
    {
      name: "describe",
      summary: "Show a task with its request, and in an emulator also its attempts",
      args: [task],
      groups: [placeGroup, jsonGroup],
      load: load("describeTask"),
    },
    {
      name: "push",
      summary: "Push a task to a worker of the cloudtask library",
      args: [],
      groups: [
        {
          title: "Task",
          flags: [
            { name: "definition", value: "NAME", help: "The name of the task definition; required" },
            { name: "url", value: "URL", help: "The URL of the worker; required" },
            { name: "payload", value: "JSON", help: "The payload; - reads it from stdin" },
            {
              name: "each",
              excludes: "payload",
              help: "Push a task for each line of stdin: its payload as JSON. If a line is not JSON, no task is pushed",
            },
            { name: "queue", value: "ID", help: "The queue (default: default)" },
            { name: "delay", value: "TIME", excludes: "at", help: "When to deliver it, from now, such as 10m" },
            {
              name: "at",
              value: "TIME",
              help: "When to deliver it, at most 30 days ahead, such as 2030-01-31T08:00:00Z",
            },
            { name: "name", value: "NAME", excludes: "each", help: "Push only once for this name" },
            { name: "service-account", value: "EMAIL", help: "The account whose OIDC token is attached" },
            { name: "secret-file", value: "FILE", help: "A file with the secret of the worker" },
          ],
        },
        placeGroup,
        jsonGroup,
      ],
      load: load("pushTask"),
    },
    {
      name: "run",
      summary: "Dispatch tasks now, even if their queue is paused or they are not due",
      intro:
        "Dispatches tasks that you name, or all matching tasks of a queue, even if the queue is paused or they are not due. Without --definition and --min-attempts, --queue asks for confirmation.",
      args: [{ ...task, isVariadic: true, isOptional: true }],
      groups: [matchingGroup("Dispatch"), placeGroup, confirmGroup],
      load: load("runTasks"),
    },
    {
      name: "delete",
      summary: "Delete the tasks that you name, or all matching tasks of a queue",
      args: [{ ...task, isVariadic: true, isOptional: true }],
      groups: [matchingGroup("Delete"), placeGroup, confirmGroup],
      load: load("deleteTasks"),
    },
  ],
};
