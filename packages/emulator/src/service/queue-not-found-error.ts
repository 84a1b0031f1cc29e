import { RpcError } from "./rpc-error.ts";

/** The number of queues that the error lists. */
const MOST_LISTED = 10;

/** The error for a queue that does not exist. */
export class QueueNotFoundError extends RpcError {
  /** The full names of some queues that exist, for a hint. The message is that of the real service. */
  readonly existing: readonly string[];

  /** @param queues - the names of all queues */
  constructor(queues: Iterable<string>) {
    super(
      "NOT_FOUND",
      "Queue does not exist. If you just created the queue, wait at least a minute for the queue to initialize.",
    );
    this.existing = [...queues].slice(0, MOST_LISTED);
  }
}
