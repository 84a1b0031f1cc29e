import { create } from "@bufbuild/protobuf";
import { type Empty, EmptySchema } from "@bufbuild/protobuf/wkt";
import { createQueue, queueNameState } from "../engine/create-queue.ts";
import { createTask, taskIdState } from "../engine/create-task.ts";
import { deleteTask } from "../engine/delete-task.ts";
import type { EngineQueue, EngineTask } from "../engine/engine-state.ts";
import type { TaskRequest } from "../engine/records.ts";
import { runTask } from "../engine/start-attempt.ts";
import {
  type CreateTaskRequest,
  type DeleteTaskRequest,
  type GetTaskRequest,
  type ListTasksRequest,
  type ListTasksResponse,
  ListTasksResponseSchema,
  type RunTaskRequest,
} from "../gen/google/cloud/tasks/v2/cloudtasks_pb.ts";
import type { Task, Task_View } from "../gen/google/cloud/tasks/v2/task_pb.ts";
import { checkQueueReference, parseNewTaskName, parseTaskReference } from "./names.ts";
import { checkTaskSize, draftTask } from "./new-task.ts";
import { pageSize, pageToken, readPageToken } from "./page-token.ts";
import { defaultQueueSettings } from "./queue-settings.ts";
import { invalidArgument, notFound, RpcError } from "./rpc-error.ts";
import { existingQueue, type ServiceContext } from "./service-context.ts";
import { taskMessage } from "./task-message.ts";

const LARGEST_PAGE = 1000;

/** The calls of google.cloud.tasks.v2.CloudTasks about tasks. A call that changes something returns once it is safe. */
export class TaskService {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  listTasks({ parent, responseView, pageSize: size, pageToken: token }: ListTasksRequest): ListTasksResponse {
    checkQueueReference(parent);
    const queue = existingQueue(this.#context, parent);
    const now = this.#context.engine.clock.now();
    const list = { parent, filter: "" };
    const after = Number(readPageToken(list, token, now) ?? 0);
    const limit = pageSize(size, LARGEST_PAGE);
    const found = queue.log.page(after, limit + 1);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const hasMore = last !== undefined && found.length > page.length;
    return create(ListTasksResponseSchema, {
      tasks: page.map((task) => this.#shown(task, responseView)),
      nextPageToken: hasMore ? pageToken(list, String(last.record.sequence), now) : "",
    });
  }

  getTask({ name, responseView }: GetTaskRequest): Task {
    return this.#shown(this.#existing(name), responseView);
  }

  async createTask({ parent, task, responseView }: CreateTaskRequest): Promise<Task> {
    const { engine } = this.#context;
    checkQueueReference(parent);
    if (!task) throw invalidArgument("CreateTaskRequest.task is required.");
    const named = task.name !== "";
    const id = named ? parseNewTaskName(task.name, parent) : this.#context.newTaskId();
    const draft = { id, named, ...draftTask(task, engine.clock.now()) };
    checkTaskSize(draft, parent);
    const queue = this.#queueFor(parent);
    if (taskIdState(engine, queue, id) !== "free") {
      throw new RpcError("ALREADY_EXISTS", "Requested entity already exists");
    }
    const created = taskMessage(createTask(engine, queue, draft).record, draft.request, responseView);
    await this.#saved();
    return created;
  }

  async deleteTask({ name }: DeleteTaskRequest): Promise<Empty> {
    deleteTask(this.#context.engine, this.#existing(name));
    await this.#saved();
    return create(EmptySchema);
  }

  async runTask({ name, responseView }: RunTaskRequest): Promise<Task> {
    const task = this.#existing(name);
    this.#context.start(runTask(this.#context.engine, task));
    const dispatched = this.#shown(task, responseView);
    await this.#saved();
    return dispatched;
  }

  #queueFor(name: string): EngineQueue {
    const { engine, autoCreateQueues } = this.#context;
    const isMissing = autoCreateQueues && queueNameState(engine, name) === "free";
    return isMissing ? createQueue(engine, name, defaultQueueSettings) : existingQueue(this.#context, name);
  }

  #existing(name: string): EngineTask {
    const { engine } = this.#context;
    const path = parseTaskReference(name);
    const queue = engine.queues.get(path.queue);
    const task = queue?.tasks.get(path.id);
    if (task) return task;
    if (!queue || taskIdState(engine, queue, path.id) === "free") throw notFound();
    throw new RpcError(
      "NOT_FOUND",
      "The task no longer exists, though a task with this name existed recently. The task either successfully completed or was deleted.",
    );
  }

  #shown({ record }: EngineTask, view: Task_View): Task {
    return taskMessage(record, this.#requestOf(record), view);
  }

  #requestOf(record: EngineTask["record"]): TaskRequest {
    const request = this.#context.engine.store.requestOf(record);
    if (!request) throw new RpcError("INTERNAL", `The store has lost the request of task ${record.id}.`);
    return request;
  }

  #saved(): Promise<void> {
    this.#context.changed();
    return this.#context.engine.store.flushed();
  }
}
