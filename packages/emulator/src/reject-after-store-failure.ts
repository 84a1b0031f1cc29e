import type { CallWrapper } from "./service/api-service.ts";
import { RpcError } from "./service/rpc-error.ts";
import type { Outage } from "./store/outage.ts";
import type { Store } from "./store/store.ts";
import { StoreError } from "./store/store-error.ts";

/** What has to be known of a store. */
export interface WatchedStore {
  readonly outage: Pick<Outage, "failure">;
  readonly store: Pick<Store, "flushed">;
}

/**
 * Refuses calls of the API once the store has failed: what the engine holds in memory is then more than what is kept. An
 * error is answered only when what it speaks of is on disk, as "it exists already" counts as success for those who try again.
 *
 * @param wrapCall - what else wraps the call
 * @returns calls that fail with UNAVAILABLE where the store has failed
 */
export function rejectAfterStoreFailure({ outage, store }: WatchedStore, wrapCall: CallWrapper): CallWrapper {
  return async (method, run) => {
    try {
      throwIfFailed(outage);
      return await wrapCall(method, async () => {
        // A fault may have held it up until now.
        throwIfFailed(outage);
        return run();
      });
    } catch (error) {
      if (error instanceof RpcError) await store.flushed().catch(throwAnswer);
      return throwAnswer(error);
    }
  };
}

/**
 * Does something that means nothing once the store has failed.
 *
 * @throws RpcError UNAVAILABLE where it has failed before, or meanwhile
 */
export async function unlessStoreFailed(outage: WatchedStore["outage"], run: () => Promise<void>): Promise<void> {
  throwIfFailed(outage);
  try {
    await run();
  } finally {
    throwIfFailed(outage);
  }
}

/** @throws RpcError UNAVAILABLE where the store has failed */
function throwIfFailed({ failure }: WatchedStore["outage"]): void {
  if (failure) throwAnswer(failure);
}

/** @throws what a call is answered with */
function throwAnswer(error: unknown): never {
  throw error instanceof StoreError ? storeFailureError(error) : error;
}

/** @returns what a call is answered with that the store keeps from being carried out */
export function storeFailureError({ code, message }: StoreError): RpcError {
  // What is damaged stays so; anything else is over when the emulator runs again.
  return new RpcError(code === "damaged" ? "DATA_LOSS" : "UNAVAILABLE", message);
}
