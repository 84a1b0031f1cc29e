import type { StoreError } from "./store-error.ts";

/** Records the failure of a store. A store fails once, and permanently. */
export class Outage {
  #failure: StoreError | undefined;
  #resolveFailed: (failure: StoreError) => void = () => {};

  /** Resolves with the failure. Stays pending while the store works. */
  readonly failed: Promise<StoreError> = new Promise((resolve) => {
    this.#resolveFailed = resolve;
  });

  /** The failure, `undefined` while the store works. */
  get failure(): StoreError | undefined {
    return this.#failure;
  }

  /** Called synchronously by the store when it fails. */
  report(failure: StoreError): void {
    this.#failure ??= failure;
    this.#resolveFailed(failure);
  }
}
