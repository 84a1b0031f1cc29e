import type { Attempt, EngineQueue, EngineState } from "../engine/engine-state.ts";
import { QueueNotFoundError } from "./queue-not-found-error.ts";

/** The parts of the emulator that the service uses. */
export interface ServiceContext {
  readonly engine: EngineState;
  /** Whether CreateTask creates a missing queue. */
  readonly autoCreateQueues: boolean;
  /** Generates the id of a task that is created without a name. */
  newTaskId(): string;
  /** Called if a task is not created, because its name is taken. */
  nameTaken(queue: string, id: string): void;
  /** Called if a call is rejected, because its queue does not exist. */
  queueNotFound(queue: string, existing: readonly string[]): void;
  /** Called after every change, because a task may have become due. */
  changed(): void;
  /** Starts the attempt of a RunTask call. */
  start(attempt: Attempt): void;
}

/** @throws QueueNotFoundError if the queue does not exist */
export function existingQueue({ engine, queueNotFound }: ServiceContext, name: string): EngineQueue {
  const queue = engine.queues.get(name);
  if (queue) return queue;
  const error = new QueueNotFoundError(engine.queues.keys());
  queueNotFound(name, error.existing);
  throw error;
}
