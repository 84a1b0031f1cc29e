import { create } from "@bufbuild/protobuf";
import { EmptySchema } from "@bufbuild/protobuf/wkt";
import type { QueueRecord } from "../../engine/records.ts";
import {
  type CloudTasks,
  ListQueuesResponseSchema,
  ListTasksResponseSchema,
} from "../../gen/google/cloud/tasks/v2beta3/cloudtasks_pb.ts";
import { CmekConfigSchema } from "../../gen/google/cloud/tasks/v2beta3/cmek_config_pb.ts";
import { type Queue, QueueSchema } from "../../gen/google/cloud/tasks/v2beta3/queue_pb.ts";
import type { Implementation } from "../api-service.ts";
import { mapValue } from "../maybe-promise.ts";
import { applyReadMask, maskIncludes } from "../read-mask.ts";
import type { Services } from "../services.ts";
import { listView } from "../tasks/task-parts.ts";
import { batchCreateTasks, batchDeleteTasks } from "./batches.ts";
import { queueFormat, queueInput } from "./queue-message.ts";
import { statsMessage } from "./stats-message.ts";
import { taskInput, taskMessage } from "./task-message.ts";

/** google.cloud.tasks.v2beta3.CloudTasks: converts its messages to calls of the services. */
export function cloudTasks(services: Services): Implementation<typeof CloudTasks> {
  const { queues, tasks, policies, cmek, batches, context } = services;
  const { engine } = context;
  const format = queueFormat(engine.taskCooldownMs);
  const show = format.write;
  /** `read_mask`: "If the mask is not present all fields will be returned except [Queue.stats]". */
  const read = (record: QueueRecord, paths: readonly string[]): Queue => {
    const queue = show(record);
    const live = engine.queues.get(record.name);
    if (live && maskIncludes(paths, "stats")) queue.stats = statsMessage(engine, live);
    return paths.length === 0 ? queue : applyReadMask(QueueSchema, queue, paths);
  };
  return {
    listQueues: (request) => {
      const page = queues.listQueues(request, format);
      const paths = request.readMask?.paths ?? [];
      return create(ListQueuesResponseSchema, { ...page, queues: page.queues.map((queue) => read(queue, paths)) });
    },
    getQueue: ({ name, readMask }) => read(queues.getQueue(name).record, readMask?.paths ?? []),
    createQueue: async ({ parent, queue }) => show(await queues.createQueue(parent, queue && queueInput(queue))),
    updateQueue: async ({ queue, updateMask }) =>
      show(await queues.updateQueue(format, queue ?? create(QueueSchema), updateMask)),
    deleteQueue: async ({ name }) => {
      await queues.deleteQueue(name);
      return create(EmptySchema);
    },
    purgeQueue: async ({ name }) => show(await queues.purgeQueue(name)),
    pauseQueue: async ({ name }) => show(await queues.switchQueue(name, "PAUSED")),
    resumeQueue: async ({ name }) => show(await queues.switchQueue(name, "RUNNING")),
    getIamPolicy: (request) => policies.getIamPolicy(request),
    setIamPolicy: (request) => policies.setIamPolicy(request),
    testIamPermissions: (request) => policies.testIamPermissions(request),
    listTasks: (request) => {
      const page = tasks.listTasks(request);
      const messages = page.tasks.map((task) => taskMessage(task, listView(request.responseView)));
      return create(ListTasksResponseSchema, { ...page, tasks: messages });
    },
    getTask: ({ name, responseView }) => taskMessage(tasks.getTask(name), responseView),
    createTask: ({ parent, task, responseView }) =>
      mapValue(tasks.createTask(parent, task && taskInput(task)), (created) => taskMessage(created, responseView)),
    batchCreateTasks: (request) => batchCreateTasks(batches, request),
    deleteTask: async ({ name }) => {
      await tasks.deleteTask(name);
      return create(EmptySchema);
    },
    batchDeleteTasks: (request) => batchDeleteTasks(batches, request),
    runTask: async ({ name, responseView }) => taskMessage(await tasks.runTask(name), responseView),
    updateCmekConfig: async ({ cmekConfig, updateMask }) =>
      create(
        CmekConfigSchema,
        await cmek.updateCmekConfig(CmekConfigSchema, cmekConfig ?? create(CmekConfigSchema), updateMask),
      ),
    getCmekConfig: ({ name }) => create(CmekConfigSchema, cmek.getCmekConfig(name)),
  };
}
