import type { ApiAnswer, ApiCall, Transport } from "../../transport/transport.ts";

/** A CreateTask call: its path ends with `/tasks`, and its body is `{"task":{…}}`. */
export interface CreateCall extends ApiCall {
  readonly method: "POST";
  readonly body: string;
  /** The body without its first brace, to be put into a batch: `body.slice(1)` would copy it. */
  readonly tail: string;
  /** The resource name of the task; `undefined` if Cloud Tasks generates it. */
  readonly name: string | undefined;
}

/** The destination of a create, and the settings of its client. */
export interface CreateTarget {
  readonly transport: Transport;
  /** `true` if the destination accepts no batches. */
  readonly single: boolean;
  /** `true` for an emulator. Messages then explain how to start it. */
  readonly emulator: boolean;
  /** Returns the client's secrets, which no message may contain. */
  readonly secrets: () => readonly string[];
  /** See `BatchLimits`. */
  readonly totalTimeoutMs: number;
}

/**
 * Sends the calls of many pushes: creates in batches, and a limited number of calls at the same time. Another copy of the package
 * may call it, so do not change or remove a method.
 */
export interface PushBatches {
  /** Creates a task, in a batch if possible. Throws as `transport.call()` of a CreateTask call does. */
  create(call: CreateCall, target: CreateTarget): Promise<ApiAnswer>;
  /** Runs a push that needs no create, such as a delivery in this process. */
  alone<T>(run: () => Promise<T>): Promise<T>;
  /** Runs a call that completes a push whose task was created. */
  follow<T>(run: () => Promise<T>): Promise<T>;
}
