import { isDeadLetterHeader } from "cloudtask/internal";
import { setQueueState } from "../../engine/change-queue.ts";
import { createQueue, queueNameState } from "../../engine/create-queue.ts";
import { createTask, taskIdState } from "../../engine/create-task.ts";
import { deleteTask } from "../../engine/delete-task.ts";
import type { EngineQueue, EngineTask } from "../../engine/engine-state.ts";
import type { TaskRecord, TaskRequest } from "../../engine/records.ts";
import { recordOfRun, runTask } from "../../engine/start-attempt.ts";
import { Task_View } from "../../gen/google/cloud/tasks/v2/task_pb.ts";
import { type MaybePromise, mapValue } from "../maybe-promise.ts";
import { pageSize, pageToken, readPageToken } from "../page-token.ts";
import { defaultQueueSettings } from "../queues/queue-settings.ts";
import { parseNewTaskName, parseTaskName } from "../resource-names.ts";
import { invalidArgument, notFound, RpcError } from "../rpc-error.ts";
import { existingQueue, type ServiceContext } from "../service-context.ts";
import { checkTaskSize, draftTask } from "./task-draft.ts";
import type { TaskInput } from "./task-input.ts";

const LARGEST_PAGE = 1000;

/** The maximum size of the bodies on a page, in bytes. Google documents no limit; several copies of a page must fit in memory. */
const MOST_BODY_BYTES = 32 * 1024 * 1024;

const noBody = new Uint8Array();

/** A task and its request at the time of a call. */
export interface TaskWithRequest {
  readonly record: TaskRecord;
  readonly request: TaskRequest;
}

/** A ListTasks request of either version. */
export interface TaskList {
  readonly parent: string;
  readonly pageSize: number;
  readonly pageToken: string;
  /** A `Task.View` of either version; their numbers are equal. */
  readonly responseView: number;
}

/** The calls about tasks, for every version of the API. A call that changes a task returns after the change is stored. */
export class TaskService {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  /** A page ends early if its bodies would exceed `MOST_BODY_BYTES`. */
  listTasks({ parent, pageSize: size, pageToken: token, responseView }: TaskList): {
    tasks: TaskWithRequest[];
    nextPageToken: string;
  } {
    const queue = existingQueue(this.#context, parent);
    const now = this.#context.engine.clock.now();
    const list = { parent, filter: "" };
    const limit = pageSize("ListTasksRequest", size, LARGEST_PAGE);
    const after = Number(readPageToken(list, token, now) ?? 0);
    const tasks = this.#page(queue.log.page(after, limit), responseView === Task_View.FULL);
    const last = tasks.at(-1);
    return { tasks, nextPageToken: last ? pageToken(list, String(last.record.sequence), now) : "" };
  }

  getTask(name: string): TaskWithRequest {
    const task = this.#find(name);
    if (task) return this.#withRequest(task);
    const { engine } = this.#context;
    const { queue: queueName, id } = parseTaskName(name);
    const queue = engine.queues.get(queueName);
    if (!queue || taskIdState(engine, queue, id) === "free") throw notFound();
    throw new RpcError(
      "NOT_FOUND",
      "The task no longer exists, though a task with this name existed recently. The task either successfully completed or was deleted.",
    );
  }

  createTask(parent: string, input: TaskInput | undefined): MaybePromise<TaskWithRequest> {
    const created = this.add(parent, input);
    return mapValue(this.saved(), () => created);
  }

  /** Creates a task without waiting for the store. */
  add(parent: string, input: TaskInput | undefined): TaskWithRequest {
    const { engine } = this.#context;
    if (!input) throw invalidArgument("Task.payload_type is not set.");
    const named = input.name !== "";
    const id = named ? parseNewTaskName(input.name, parent) : this.#context.newTaskId();
    const target = engine.queues.get(parent)?.record.settings.httpTarget;
    const draft = draftTask(input, { id, named, now: engine.clock.now(), target });
    checkTaskSize(draft, parent);
    const queue = this.#queueFor(parent, draft.request);
    const idState = taskIdState(engine, queue, id);
    if (idState !== "free") {
      this.#context.nameTaken(parent, id);
      throw takenError(idState);
    }
    const { record } = createTask(engine, queue, draft);
    return { record, request: draft.request };
  }

  async deleteTask(name: string): Promise<void> {
    this.remove(name);
    await this.saved();
  }

  /** Deletes a task without waiting for the store. */
  remove(name: string): void {
    deleteTask(this.#context.engine, this.#existing(name));
  }

  async runTask(name: string): Promise<TaskWithRequest> {
    const task = this.#existing(name);
    const attempt = runTask(this.#context.engine, task);
    this.#context.start(attempt);
    const { request } = this.#withRequest(task);
    const dispatched = { record: recordOfRun(attempt), request };
    await this.saved();
    return dispatched;
  }

  #page(tasks: readonly EngineTask[], isFull: boolean): TaskWithRequest[] {
    const page: TaskWithRequest[] = [];
    let bytes = 0;
    for (const task of tasks) {
      const { record, request } = this.#withRequest(task);
      bytes += isFull ? request.body.length : 0;
      if (bytes > MOST_BODY_BYTES) break;
      page.push({ record, request: isFull ? request : { ...request, body: noBody } });
    }
    return page;
  }

  #queueFor(name: string, { headers }: TaskRequest): EngineQueue {
    const { engine, autoCreateQueues } = this.#context;
    const isMissing = autoCreateQueues && queueNameState(engine, name) === "free";
    if (!isMissing) return existingQueue(this.#context, name);
    const queue = createQueue(engine, name, defaultQueueSettings);
    // A dead-letter queue must be paused: its tasks have failed, and nobody has repaired their handler yet.
    if (Object.keys(headers).some(isDeadLetterHeader)) setQueueState(engine, queue, "PAUSED");
    return queue;
  }

  /** DeleteTask and RunTask give the same answer for a task that existed recently and for one that never existed. */
  #existing(name: string): EngineTask {
    const task = this.#find(name);
    if (task) return task;
    throw notFound();
  }

  #find(name: string): EngineTask | undefined {
    const { queue, id } = parseTaskName(name);
    return this.#context.engine.queues.get(queue)?.tasks.get(id);
  }

  #withRequest({ record }: EngineTask): TaskWithRequest {
    const request = this.#context.engine.store.requestOf(record);
    if (request) return { record, request };
    throw new RpcError("INTERNAL", `The store has lost the request of task ${record.id}.`);
  }

  /** Resolves when all changes so far are stored. Returns undefined if they are. */
  saved(): Promise<void> | undefined {
    this.#context.changed();
    return this.#context.engine.store.flushed();
  }
}

function takenError(state: "taken" | "recently deleted"): RpcError {
  return new RpcError(
    "ALREADY_EXISTS",
    state === "taken"
      ? "Requested entity already exists"
      : "The task cannot be created because a task with this name existed too recently. For more information about task de-duplication see https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks/create#body.request_body.FIELDS.task.",
  );
}
