import { createTaskJson } from "../client/push/create-task-json.ts";
import { DIVERT, type DivertedOptions } from "../client/push/divert.ts";
import type { Task } from "../client/tasks/task.ts";
import type { Registry } from "../execution/registry.ts";
import { type StoredTask, storedTask } from "./stored-task.ts";
import type { DeliverOptions } from "./test-options.ts";
import { readWireTask } from "./wire-task.ts";

/**
 * What would come of a push, without pushing: checked and written by the same code.
 *
 * @param task - the task
 * @param options - what the push would say
 * @param scene - the client's registry, and the present
 * @returns the task as Cloud Tasks would keep it
 * @throws what `push()` throws before anything is sent; TypeError where the task is another client's
 */
export async function unpushedTask(
  task: Task,
  { queue, name, headers, dispatchDeadline }: DeliverOptions,
  { registry, nowMs }: { readonly registry: Registry; readonly nowMs: number },
): Promise<StoredTask> {
  const said = Object.entries({ queue, name, headers, dispatchDeadline }).filter(([, value]) => value !== undefined);
  const options: DivertedOptions = {
    ...Object.fromEntries(said),
    [DIVERT]: async (push, client) => {
      if (registry.tasks.get(push.task) !== push.record) {
        throw new TypeError(`tasks.deliver(): "${push.task}" is a task of another client than this test client's`);
      }
      const queueName = await push.route.queueName(push.queue);
      const wire = readWireTask(createTaskJson(push, queueName, client), registry.url);
      return storedTask(wire, queueName, { nowMs, order: 0 });
    },
  };
  return (await task.execute(options)) as StoredTask;
}
