import type { ApiAnswer } from "../../transport/transport.ts";
import type { CreateCall, CreateTarget } from "../push/push-batches.ts";

/** A create that waits for its answer. */
export interface BatchItem {
  readonly call: CreateCall;
  readonly target: CreateTarget;
  readonly resolve: (answer: ApiAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** Source: `BatchCreateTasksRequest.requests` in google/cloud/tasks/v2/cloudtasks.proto. */
const MAX_TASKS = 100;

/**
 * The maximum size of a request, in characters. Google's front end rejects requests of more than 10 MiB, and the text is ASCII
 * except for some headers. More tasks of 40 KB in one call would hardly be faster, but all calls in progress are in memory.
 */
export const MAX_BATCH_SIZE: number = 4 * 1024 * 1024;

/** Creates in one queue, to be sent as one call. */
export class Batch {
  readonly target: CreateTarget;
  /** The path of a create in the queue. */
  readonly path: string;
  readonly items: BatchItem[] = [];
  /** The number of pauses during which the batch has waited. */
  pauses = 0;
  /** `true` if the batch must be sent even if it is not full. */
  due = false;
  /** The size of the request, in characters. */
  size = 0;
  /** The start of each request in the batch. */
  readonly #start: string;

  constructor({ call, target }: BatchItem) {
    this.target = target;
    this.path = call.path;
    this.#start = `{"parent":${JSON.stringify(this.queueName)},`;
  }

  get queueName(): string {
    return this.path.slice(0, -"/tasks".length);
  }

  get isFull(): boolean {
    return this.items.length >= MAX_TASKS || this.size >= MAX_BATCH_SIZE;
  }

  /** Checks whether an item can be added: to the same queue of the same API, within the limits. */
  accepts({ call, target }: BatchItem): boolean {
    if (this.isFull || target.transport !== this.target.transport) return false;
    return this.items.length === 0 || this.size + call.body.length <= MAX_BATCH_SIZE;
  }

  add(item: BatchItem): void {
    this.items.push(item);
    this.size += this.#start.length + item.call.body.length;
  }

  /** Returns the BatchCreateTasks request as proto3 JSON. It joins the text of the creates, which is faster than to parse it. */
  body(requestId: string): string {
    // JavaScript engines copy concatenated text only once, when it is sent. join() would copy it twice.
    let requests = "";
    for (const { call } of this.items) requests += `${requests === "" ? "" : ","}${this.#start}${call.tail}`;
    return `{"requests":[${requests}],"requestId":"${requestId}"}`;
  }
}
