import { create } from "@bufbuild/protobuf";
import { EmptySchema } from "@bufbuild/protobuf/wkt";
import {
  type CloudTasks,
  ListQueuesResponseSchema,
  ListTasksResponseSchema,
} from "../../gen/google/cloud/tasks/v2/cloudtasks_pb.ts";
import { CmekConfigSchema } from "../../gen/google/cloud/tasks/v2/cmek_config_pb.ts";
import { QueueSchema } from "../../gen/google/cloud/tasks/v2/queue_pb.ts";
import type { Implementation } from "../api-service.ts";
import { mapValue } from "../maybe-promise.ts";
import type { Services } from "../services.ts";
import { listView } from "../tasks/task-parts.ts";
import { batchCreateTasks, batchDeleteTasks } from "./batches.ts";
import { queueFormat, queueInput, queueMessage } from "./queue-message.ts";
import { taskInput, taskMessage } from "./task-message.ts";

/** google.cloud.tasks.v2.CloudTasks: converts its messages to calls of the services. */
export function cloudTasks({ queues, tasks, policies, cmek, batches }: Services): Implementation<typeof CloudTasks> {
  return {
    listQueues: (request) => {
      const page = queues.listQueues(request, queueFormat);
      return create(ListQueuesResponseSchema, { ...page, queues: page.queues.map(queueMessage) });
    },
    getQueue: ({ name }) => queueMessage(queues.getQueue(name).record),
    createQueue: async ({ parent, queue }) =>
      queueMessage(await queues.createQueue(parent, queue && queueInput(queue))),
    updateQueue: async ({ queue, updateMask }) =>
      queueMessage(await queues.updateQueue(queueFormat, queue ?? create(QueueSchema), updateMask)),
    deleteQueue: async ({ name }) => {
      await queues.deleteQueue(name);
      return create(EmptySchema);
    },
    purgeQueue: async ({ name }) => queueMessage(await queues.purgeQueue(name)),
    pauseQueue: async ({ name }) => queueMessage(await queues.switchQueue(name, "PAUSED")),
    resumeQueue: async ({ name }) => queueMessage(await queues.switchQueue(name, "RUNNING")),
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
