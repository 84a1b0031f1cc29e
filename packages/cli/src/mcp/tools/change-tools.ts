import { z } from "zod";
import { countText } from "../../output/count-text.ts";
import { pushClient, pushSchedule } from "../../place/push-client.ts";
import { taskNameOf } from "../../tasks/task-argument.ts";
import { UsageError } from "../../usage-error.ts";
import { argumentPosition } from "../../values/position.ts";
import { baseUrl } from "../../values/readers.ts";
import { type McpTool, type ToolContext, tool } from "../mcp-tool.ts";
import { definitionField, queueField, taskField } from "./fields.ts";

const pushInput = z.strictObject({
  definition: definitionField,
  payload: z.unknown().optional().describe("The payload, any JSON value. It is validated when the task is delivered"),
  queue: queueField.optional(),
  delay: z.string().optional().describe("When to deliver it, from now, such as 10m"),
  at: z.string().optional().describe("When to deliver it, such as 2030-01-31T08:00:00Z"),
  name: z.string().min(1).optional().describe("Push only once for this name"),
});

const pushWithUrl = pushInput.extend({ url: z.string().describe("The URL of the worker") });

const pushAbout = {
  name: "push_task",
  title: "Push a task",
  description: "Creates a task for a worker of the cloudtask library. With a name that is taken, no task is created.",
  effect: "change",
} as const;

/** Pushes to the worker that the options of the command name. */
const pushToWorker = tool({
  ...pushAbout,
  input: pushInput,
  run: (input, context) => push({ ...input, url: context.worker.url ?? "" }, context),
});

/** Pushes to any worker. */
const pushToUrl = tool({ ...pushAbout, input: pushWithUrl, run: push });

const runTask = tool({
  name: "run_task",
  title: "Run a task now",
  description: "Dispatches a task now, although its queue is paused or its time has not come.",
  effect: "change",
  input: z.strictObject({ task: taskField }),
  run: async ({ task }, { place, signal, announce }) => {
    const name = taskNameOf(task, place);
    announce(`dispatches ${name} now`);
    const { dispatchCount, scheduleTime } = await place.admin.tasks.run(name, { signal });
    return { name, dispatchCount, scheduleTime };
  },
});

const deleteTasks = tool({
  name: "delete_tasks",
  title: "Delete tasks",
  description: "Deletes tasks. This cannot be undone.",
  effect: "delete",
  isIdempotent: true,
  input: z.strictObject({ tasks: z.array(taskField).min(1).max(1_000) }),
  run: async ({ tasks }, { place, signal, announce }) => {
    const names = tasks.map((task) => taskNameOf(task, place));
    announce(`deletes ${countText(names.length, "task")}`);
    return place.admin.tasks.deleteMany(names, { signal });
  },
});

const queueChange = { effect: "change", isIdempotent: true, input: z.strictObject({ queue: queueField }) } as const;

const pauseQueue = tool({
  name: "pause_queue",
  title: "Pause a queue",
  description: "Pauses a queue: it accepts tasks and delivers none.",
  ...queueChange,
  run: async ({ queue }, { place, signal, announce }) => {
    announce(`pauses the queue ${queue}`);
    const { name, state } = await place.admin.queues.pause(queue, { signal });
    return { name, state };
  },
});

const resumeQueue = tool({
  name: "resume_queue",
  title: "Resume a queue",
  description: "Resumes a paused queue.",
  ...queueChange,
  run: async ({ queue }, { place, signal, announce }) => {
    announce(`resumes the queue ${queue}`);
    const { name, state } = await place.admin.queues.resume(queue, { signal });
    return { name, state };
  },
});

/** Tools that change queues and tasks. With a fixed worker, the agent cannot choose the URL of a push. */
export function changeTools(hasUrl: boolean): readonly McpTool[] {
  return [hasUrl ? pushToWorker : pushToUrl, runTask, deleteTasks, pauseQueue, resumeQueue];
}

async function push(
  input: z.infer<typeof pushWithUrl>,
  { place, worker, signal, announce }: ToolContext,
): Promise<object> {
  const { definition, payload, delay, at, name, queue = worker.queue } = input;
  if (delay !== undefined && at !== undefined)
    throw new UsageError("delay and at cannot be used together; remove one of them");
  const schedule = pushSchedule({ delay, at }, "");
  const url = baseUrl(input.url, argumentPosition("url"));
  const client = pushClient(place, { ...worker, url, queue });
  try {
    announce(`pushes a task ${definition} to the queue ${queue ?? "default"}`);
    return await client
      .declare<unknown>(definition)(payload)
      .push({ ...schedule, ...(name === undefined ? {} : { name }), signal });
  } finally {
    await client.close();
  }
}
