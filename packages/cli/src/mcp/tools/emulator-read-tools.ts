import { z } from "zod";
import { taskNameOf } from "../../tasks/task-argument.ts";
import { emulatorOf, type McpTool, tool } from "../mcp-tool.ts";
import { definitionField, limitField, queueField, taskField } from "./fields.ts";

const only = "emulator";
const effect = "read";

const cursorField = z.string().describe("nextCursor of the previous page");
const textField = z.string().describe("A text in the name, the definition, the URL or the body");
const statusField = z.string().describe("The HTTP status of the last answer: 503, 5xx, none");

const listQueues = tool({
  name: "list_queues",
  title: "List queues",
  description:
    "Lists the queues with their settings, the number of tasks in each state, the attempts of the last minute, and under blockers and failing the reasons why tasks are not delivered.",
  ...{ only, effect },
  input: z.strictObject({}),
  run: (_, context) => emulatorOf(context).get<object>("/inspect/queues", {}, { signal: context.signal }),
});

const listTasks = tool({
  name: "list_tasks",
  title: "List tasks",
  description:
    "Lists tasks, also finished ones that the history still has, with state, schedule and the reasons why each waits. counts has the number of tasks in each state.",
  ...{ only, effect },
  input: z.strictObject({
    queue: queueField.optional(),
    state: z
      .string()
      .optional()
      .describe(
        "scheduled, due, running, retrying, succeeded, discarded, exhausted or deleted; waiting, live and finished select several",
      ),
    definition: definitionField.optional(),
    status: statusField.optional(),
    text: textField.optional(),
    limit: limitField(100),
    cursor: cursorField.optional(),
  }),
  run: ({ limit, ...filters }, context) =>
    emulatorOf(context).get<object>("/inspect/tasks", { ...filters, limit: String(limit) }, { signal: context.signal }),
});

const describeTask = tool({
  name: "describe_task",
  title: "Describe a task",
  description: "Shows a task with its request and all its attempts, the newest first. Secrets are masked with ***.",
  ...{ only, effect },
  input: z.strictObject({ task: taskField }),
  run: ({ task }, context) =>
    emulatorOf(context).get<object>(
      `/inspect/tasks/${taskNameOf(task, context.place)}`,
      {},
      { signal: context.signal },
    ),
});

const listAttempts = tool({
  name: "list_attempts",
  title: "List attempts",
  description:
    "Lists finished attempts with request, answer, duration and outcome, the newest first. Use it to find out why tasks failed.",
  ...{ only, effect },
  input: z.strictObject({
    queue: queueField.optional(),
    task: taskField.optional(),
    definition: definitionField.optional(),
    outcome: z
      .enum(["succeeded", "failed", "retrying", "exhausted", "ignored", "discarded"])
      .optional()
      .describe("failed selects retrying and exhausted"),
    status: statusField.optional(),
    text: textField.optional(),
    limit: limitField(100),
    cursor: cursorField.optional(),
  }),
  run: ({ limit, task, ...filters }, context) => {
    const name = task === undefined ? undefined : taskNameOf(task, context.place);
    const query = { ...filters, task: name, limit: String(limit) };
    return emulatorOf(context).get<object>("/inspect/attempts", query, { signal: context.signal });
  },
});

const listFailures = tool({
  name: "list_failures",
  title: "List failures",
  description:
    "Lists the failed and discarded attempts, grouped by definition and answer, with the number of tasks that have not succeeded since (unresolved) and the last task. Use it first to find out what is wrong.",
  ...{ only, effect },
  input: z.strictObject({
    queue: queueField.optional(),
    definition: definitionField.optional(),
    limit: limitField(100),
  }),
  run: ({ limit, ...filters }, context) =>
    emulatorOf(context).get<object>(
      "/inspect/failures",
      { ...filters, limit: String(limit) },
      { signal: context.signal },
    ),
});

const listFaults = tool({
  name: "list_faults",
  title: "List faults",
  description: "Lists the faults that were placed, and how often each has applied.",
  ...{ only, effect },
  input: z.strictObject({}),
  run: (_, context) => emulatorOf(context).get<object>("/control/faults", {}, { signal: context.signal }),
});

/** Tools that read the state and the history of an emulator. */
export const emulatorReadTools: readonly McpTool[] = [
  listQueues,
  listTasks,
  describeTask,
  listFailures,
  listAttempts,
  listFaults,
];
