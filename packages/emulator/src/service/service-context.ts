import type { Attempt, EngineQueue, EngineState } from "../engine/engine-state.ts";
import { RpcError } from "./rpc-error.ts";

/** What the service needs of the emulator around it. */
export interface ServiceContext {
  readonly engine: EngineState;
  /** Whether a task for a queue that does not exist creates it. */
  readonly autoCreateQueues: boolean;
  /** A new id for a task whose caller chose none. */
  newTaskId(): string;
  /** To be called after a change: something may be due. */
  changed(): void;
  /** Carries out an attempt that was forced. */
  start(attempt: Attempt): void;
}

/** @throws RpcError where the queue does not exist */
export function existingQueue({ engine }: ServiceContext, name: string): EngineQueue {
  const queue = engine.queues.get(name);
  if (queue) return queue;
  throw new RpcError(
    "NOT_FOUND",
    "Queue does not exist. If you just created the queue, wait at least a minute for the queue to initialize.",
  );
}
