import type { CallWrapper } from "./service/api-service.ts";
import { RpcError } from "./service/rpc-error.ts";
import type { Outage } from "./store/outage.ts";
import type { Store } from "./store/store.ts";
import { StoreError } from "./store/store-error.ts";

/** The parts of a store that the wrapper reads. */
export interface StoreStatus {
  readonly outage: Pick<Outage, "failure">;
  readonly store: Pick<Store, "flushed">;
}

/**
 * Rejects API calls with UNAVAILABLE once the store has failed, because the engine's memory then holds changes that are not on
 * disk. An error is answered only after the state that it reports is on disk: clients treat ALREADY_EXISTS as success.
 *
 * @param wrapCall - a further wrapper, called inside this one
 */
export function rejectAfterStoreFailure({ outage, store }: StoreStatus, wrapCall: CallWrapper): CallWrapper {
  const reject = async (error: unknown): Promise<never> => {
    if (error instanceof RpcError) await store.flushed()?.catch(rethrow);
    return rethrow(error);
  };
  return (method, run) => {
    try {
      throwIfFailed(outage);
      const answer = wrapCall(method, () => {
        // A fault may have delayed the call, and the store may have failed meanwhile.
        throwIfFailed(outage);
        return run();
      });
      return answer instanceof Promise ? answer.catch(reject) : answer;
    } catch (error) {
      return reject(error);
    }
  };
}

/**
 * Runs an action that is pointless after a failure of the store.
 *
 * @throws RpcError UNAVAILABLE if the store failed before or during the action
 */
export async function unlessStoreFailed(outage: StoreStatus["outage"], run: () => Promise<void>): Promise<void> {
  throwIfFailed(outage);
  try {
    await run();
  } finally {
    throwIfFailed(outage);
  }
}

function throwIfFailed({ failure }: StoreStatus["outage"]): void {
  if (failure) rethrow(failure);
}

function rethrow(error: unknown): never {
  throw error instanceof StoreError ? storeFailureError(error) : error;
}

/** Converts a failure of the store into the error that API calls are answered with. */
export function storeFailureError({ code, message }: StoreError): RpcError {
  // Damaged data stays damaged; any other failure can be solved by a restart.
  return new RpcError(code === "damaged" ? "DATA_LOSS" : "UNAVAILABLE", message);
}
