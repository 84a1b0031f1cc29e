import { durationText } from "../../core/duration.ts";
import { hasCode } from "../../core/errors/has-code.ts";
import { TimeoutError } from "../../core/errors/timeout-error.ts";
import type { Transport } from "../transport.ts";
import type { RetryRuntime } from "../with-retry.ts";
import { type Operation, readOperation } from "./operation.ts";

const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 2_000;

/** A batch that the API has received. */
export interface OperationWait {
  readonly transport: Transport;
  /** The name of its operation. */
  readonly name: string;
  /** The action of the batch, for messages. */
  readonly action: string;
  readonly signal: AbortSignal | undefined;
  /** The longest wait, in milliseconds. */
  readonly timeoutMs: number;
  readonly runtime: RetryRuntime;
}

/**
 * Polls an operation until it is done. The API may not show it at first, while another request with the same id is still
 * being carried out.
 *
 * @param latest - the operation, if it was read before
 * @throws TimeoutError if it was not done in time; the error of a read that failed
 */
export async function waitForOperation(latest: Operation | undefined, wait: OperationWait): Promise<Operation> {
  const { runtime, signal, timeoutMs } = wait;
  const startMs = runtime.now();
  let operation = latest ?? (await findOperation(wait));
  for (let delayMs = FIRST_DELAY_MS; operation?.done !== true; delayMs = Math.min(2 * delayMs, LONGEST_DELAY_MS)) {
    if (runtime.now() - startMs + delayMs > timeoutMs) throw notDone(wait);
    await runtime.sleep(delayMs, signal);
    operation = await findOperation(wait);
  }
  return operation;
}

/**
 * Reads an operation.
 *
 * @param once - `true` disables retries
 * @returns `undefined` if the API does not know it, or its answer cannot be read
 */
export async function findOperation(wait: OperationWait, once?: true): Promise<Operation | undefined> {
  const { transport, name, signal } = wait;
  const action = `read the result of a batch (${wait.action})`;
  try {
    const { body } = await transport.call({ method: "GET", path: name, action, signal, once });
    return readOperation(body, action);
  } catch (error) {
    if (hasCode(error, "API_ERROR") && (error.status === "NOT_FOUND" || error.httpStatus < 300)) return undefined;
    throw error;
  }
}

function notDone({ name, action, timeoutMs }: OperationWait): TimeoutError {
  const limit = durationText(timeoutMs);
  const message = `Could not ${action}: the operation ${name} was not done within ${limit}. It may still be carried out.`;
  return new TimeoutError(message, timeoutMs);
}
