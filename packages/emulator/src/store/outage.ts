import type { StoreError } from "./store-error.ts";

/** Whether a store has failed. It does so once, and for good. */
export class Outage {
  #failure: StoreError | undefined;
  #tell: (failure: StoreError) => void = () => {};

  /** Resolves once the store has failed; never where all is well. */
  readonly failed: Promise<StoreError> = new Promise((resolve) => {
    this.#tell = resolve;
  });

  /** Why it failed; undefined where all is well. */
  get failure(): StoreError | undefined {
    return this.#failure;
  }

  /** To be called by the store, in place, at its first failure. */
  report(failure: StoreError): void {
    this.#failure ??= failure;
    this.#tell(failure);
  }
}
