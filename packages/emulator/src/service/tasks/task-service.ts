import { createQueue, queueNameState } from "../../engine/create-queue.ts";
import { createTask, taskIdState } from "../../engine/create-task.ts";
import { deleteTask } from "../../engine/delete-task.ts";
import type { EngineQueue, EngineTask } from "../../engine/engine-state.ts";
import type { TaskRecord, TaskRequest } from "../../engine/records.ts";
import { runTask } from "../../engine/start-attempt.ts";
import { Task_View } from "../../gen/google/cloud/tasks/v2/task_pb.ts";
import { pageSize, pageToken, readPageToken } from "../page-token.ts";
import { defaultQueueSettings } from "../queues/queue-settings.ts";
import { checkQueueReference, parseNewTaskName, parseTaskReference } from "../resource-names.ts";
import { invalidArgument, notFound, RpcError } from "../rpc-error.ts";
import { existingQueue, type ServiceContext } from "../service-context.ts";
import { checkTaskSize, draftTask } from "./task-draft.ts";
import type { TaskInput } from "./task-input.ts";

const LARGEST_PAGE = 1000;

/** How many bytes of bodies a page may hold. Google does not say; a page must fit into memory, several times over. */
const MOST_BODY_BYTES = 32 * 1024 * 1024;

const noBody = new Uint8Array();

/** A task with its request, as it was when a call looked at it. */
export interface ShownTask {
  readonly record: TaskRecord;
  readonly request: TaskRequest;
}

/** What a ListTasks request says, in either version. */
export interface TaskList {
  readonly parent: string;
  readonly pageSize: number;
  readonly pageToken: string;
  /** A `Task.View` of either version: their numbers are the same. */
  readonly responseView: number;
}

/** The calls about tasks, for every version of the API. A call that changes something returns once it is safe. */
export class TaskService {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  /** The page ends early where the bodies that it shows would be too much. */
  listTasks({ parent, pageSize: size, pageToken: token, responseView }: TaskList): {
    tasks: ShownTask[];
    nextPageToken: string;
  } {
    checkQueueReference(parent);
    const queue = existingQueue(this.#context, parent);
    const now = this.#context.engine.clock.now();
    const list = { parent, filter: "" };
    const after = Number(readPageToken(list, token, now) ?? 0);
    const limit = pageSize(size, LARGEST_PAGE);
    const found = queue.log.page(after, limit + 1);
    const tasks = this.#page(found.slice(0, limit), responseView === Task_View.FULL);
    const last = tasks.at(-1);
    const hasMore = last !== undefined && found.length > tasks.length;
    return { tasks, nextPageToken: hasMore ? pageToken(list, String(last.record.sequence), now) : "" };
  }

  getTask(name: string): ShownTask {
    return this.#shown(this.#existing(name));
  }

  async createTask(parent: string, input: TaskInput | undefined): Promise<ShownTask> {
    const { engine } = this.#context;
    checkQueueReference(parent);
    if (!input) throw invalidArgument("CreateTaskRequest.task is required.");
    const named = input.name !== "";
    const id = named ? parseNewTaskName(input.name, parent) : this.#context.newTaskId();
    const draft = { id, named, ...draftTask(input, engine.clock.now()) };
    checkTaskSize(draft, parent);
    const queue = this.#queueFor(parent);
    if (taskIdState(engine, queue, id) !== "free") {
      throw new RpcError("ALREADY_EXISTS", "Requested entity already exists");
    }
    const { record } = createTask(engine, queue, draft);
    await this.#saved();
    return { record, request: draft.request };
  }

  async deleteTask(name: string): Promise<void> {
    deleteTask(this.#context.engine, this.#existing(name));
    await this.#saved();
  }

  async runTask(name: string): Promise<ShownTask> {
    const task = this.#existing(name);
    this.#context.start(runTask(this.#context.engine, task));
    const dispatched = this.#shown(task);
    await this.#saved();
    return dispatched;
  }

  #page(tasks: readonly EngineTask[], isFull: boolean): ShownTask[] {
    const page: ShownTask[] = [];
    let bytes = 0;
    for (const task of tasks) {
      const { record, request } = this.#shown(task);
      bytes += isFull ? request.body.length : 0;
      if (bytes > MOST_BODY_BYTES) break;
      page.push({ record, request: isFull ? request : { ...request, body: noBody } });
    }
    return page;
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

  #shown({ record }: EngineTask): ShownTask {
    const request = this.#context.engine.store.requestOf(record);
    if (request) return { record, request };
    throw new RpcError("INTERNAL", `The store has lost the request of task ${record.id}.`);
  }

  #saved(): Promise<void> {
    this.#context.changed();
    return this.#context.engine.store.flushed();
  }
}
