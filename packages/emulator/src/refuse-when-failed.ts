import type { Around } from "./service/api.ts";
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
 * @param around - what stands around calls beside it
 * @returns calls that fail with UNAVAILABLE where the store has failed
 */
export function refuseWhenFailed({ outage, store }: WatchedStore, around: Around): Around {
  return async (method, run) => {
    try {
      refuseFailed(outage);
      return await around(method, async () => {
        // A fault may have held it up until now.
        refuseFailed(outage);
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
export async function unlessFailed(outage: WatchedStore["outage"], run: () => Promise<void>): Promise<void> {
  refuseFailed(outage);
  try {
    await run();
  } finally {
    refuseFailed(outage);
  }
}

/** @throws RpcError UNAVAILABLE where the store has failed */
function refuseFailed({ failure }: WatchedStore["outage"]): void {
  if (failure) throwAnswer(failure);
}

/** @throws what a call is answered with */
function throwAnswer(error: unknown): never {
  throw error instanceof StoreError ? answerFor(error) : error;
}

/** @returns what a call is answered with that the store keeps from being carried out */
export function answerFor({ code, message }: StoreError): RpcError {
  // What is damaged stays so; anything else is over when the emulator runs again.
  return new RpcError(code === "damaged" ? "DATA_LOSS" : "UNAVAILABLE", message);
}
