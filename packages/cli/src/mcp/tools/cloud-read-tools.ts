import type { QueuedTask } from "cloudtask/admin";
import { z } from "zod";
import { collect } from "../../output/collect.ts";
import { taskNameOf } from "../../tasks/task-argument.ts";
import { type McpTool, tool } from "../mcp-tool.ts";
import { definitionField, limitField, queueField, taskField } from "./fields.ts";

const only = "cloud";
const effect = "read";

const listQueues = tool({
  name: "list_queues",
  title: "List queues",
  description: "Lists the queues with their settings and statistics.",
  ...{ only, effect },
  input: z.strictObject({}),
  run: async (_, { place, signal }) => ({ queues: await collect(place.admin.queues.list({ stats: true, signal })) }),
});

const listTasks = tool({
  name: "list_tasks",
  title: "List tasks",
  description:
    "Lists waiting tasks of a queue, in no defined order. Cloud Tasks deletes finished tasks. lastAttempt has the last answer.",
  ...{ only, effect },
  input: z.strictObject({
    queue: queueField,
    definition: definitionField.optional(),
    min_attempts: z.int().min(1).optional().describe("Only tasks with at least this many attempts"),
    limit: limitField(100),
  }),
  run: async ({ queue, definition, min_attempts: least = 0, limit }, { place, signal }) => {
    const found = await collect(
      place.admin.tasks.list({
        queue,
        signal,
        limit: limit + 1,
        ...(definition === undefined ? {} : { definition }),
        filter: ({ dispatchCount }) => dispatchCount >= least,
      }),
    );
    return { tasks: found.slice(0, limit).map(taskFacts), hasMore: found.length > limit };
  },
});

const describeTask = tool({
  name: "describe_task",
  title: "Describe a task",
  description: "Shows a waiting task with its request and its first and last attempt. Secrets are masked.",
  ...{ only, effect },
  input: z.strictObject({ task: taskField }),
  run: async ({ task }, { place, signal }) =>
    taskFacts(await place.admin.tasks.get(taskNameOf(task, place), { view: "full", signal })),
});

/** Tools that read queues and tasks of Google Cloud. */
export const cloudReadTools: readonly McpTool[] = [listQueues, listTasks, describeTask];

/** The body already contains the payload, and as text it cannot be nested too deeply. */
function taskFacts({ payload: _, ...facts }: QueuedTask): object {
  return facts;
}
