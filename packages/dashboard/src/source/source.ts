import type {
  AdvanceJson,
  AttemptJson,
  AttemptsJson,
  DeadLettersJson,
  DefinitionsJson,
  FailuresJson,
  FaultJson,
  FaultsJson,
  JobJson,
  JobsJson,
  NewJobJson,
  PushJson,
  QueueJson,
  QueuesJson,
  ScheduleJson,
  SourceJson,
  StatsJson,
  TaskDetailJson,
  TasksJson,
} from "./json.ts";

/** The filters of a list of tasks: the parameters of `GET /inspect/tasks`. */
export interface TaskFilter {
  readonly queue?: string | undefined;
  readonly state?: string | undefined;
  readonly definition?: string | undefined;
  readonly status?: string | undefined;
  readonly text?: string | undefined;
  /** How the last attempt failed: the `answer` of a group of failures. */
  readonly answer?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly sort?: string | undefined;
  readonly deadLetters?: boolean | undefined;
  /** The reason of dead letters. */
  readonly reason?: string | undefined;
}

/** A position in a list. */
interface PageQuery {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** The fields of a queue that the API accepts, for example `{ rateLimits: { maxDispatchesPerSecond: 5 } }`. */
type QueueChanges = Readonly<Record<string, unknown>>;

/**
 * The functions that the pages call. The emulator and the command line, over Google Cloud, serve the same routes, so there is one
 * implementation. All functions throw `SourceError`. Names of queues and tasks are full resource names.
 */
export interface Source {
  info(): Promise<SourceJson>;
  queues(page?: PageQuery, signal?: AbortSignal): Promise<QueuesJson>;
  queue(name: string, signal?: AbortSignal): Promise<QueueJson>;
  tasks(filter: TaskFilter & PageQuery, signal?: AbortSignal): Promise<TasksJson>;
  /** @param bodyBytes - the number of bytes of the request's body to read; default: the server's limit */
  task(name: string, bodyBytes?: number, signal?: AbortSignal): Promise<TaskDetailJson>;
  attempts(filter: TaskFilter & PageQuery & { readonly task?: string }, signal?: AbortSignal): Promise<AttemptsJson>;
  failures(query: { from?: string | undefined; limit?: number }, signal?: AbortSignal): Promise<FailuresJson>;
  attempt(id: string, signal?: AbortSignal): Promise<AttemptJson>;
  stats(
    query: { queue?: string; by?: string; step?: string; buckets?: number },
    signal?: AbortSignal,
  ): Promise<StatsJson>;
  schedule(
    query: { queue?: string; from?: string; to?: string; buckets?: number },
    signal?: AbortSignal,
  ): Promise<ScheduleJson>;
  definitions(signal?: AbortSignal): Promise<DefinitionsJson>;
  deadLetters(filter: TaskFilter & PageQuery, signal?: AbortSignal): Promise<DeadLettersJson>;
  faults(): Promise<FaultsJson>;

  pauseQueue(name: string): Promise<void>;
  resumeQueue(name: string): Promise<void>;
  purgeQueue(name: string): Promise<void>;
  deleteQueue(name: string): Promise<void>;
  createQueue(name: string, settings: QueueChanges): Promise<void>;
  /** @param fields - the paths of the fields that change, for example `rateLimits.maxDispatchesPerSecond` */
  updateQueue(name: string, changes: QueueChanges, fields: readonly string[]): Promise<void>;

  runTask(name: string): Promise<void>;
  deleteTask(name: string): Promise<void>;
  /** Creates a task. Returns its full name. */
  createTask(queue: string, task: Readonly<Record<string, unknown>>): Promise<string>;
  /** Creates a task from another one. Returns its full name. */
  push(push: PushJson): Promise<string>;

  startJob(job: NewJobJson, signal?: AbortSignal): Promise<JobJson>;
  /** Returns the running jobs and the last ones that ended, the newest first. */
  jobs(): Promise<JobsJson>;
  job(id: string): Promise<JobJson>;
  stopJob(id: string): Promise<JobJson>;

  advance(to: AdvanceJson): Promise<void>;
  turnBack(): Promise<void>;
  addFault(fault: object): Promise<FaultJson>;
  /** @param id - the fault to remove; default: all */
  removeFault(id?: string): Promise<void>;
}
