import { type AsyncStorage, createAsyncStorage } from "../../core/async-storage.ts";
import { type Late, late } from "../../core/late.ts";
import type { Middleware } from "../../execution/middleware.ts";
import type { Work } from "./defer-during.ts";
import { DeferredPushError } from "./deferred-push-error.ts";
import type { DeferredPushes } from "./deferred-pushes.ts";
import type { SendPush } from "./send-deferred.ts";

/** The code that defers pushes. Most clients push immediately. */
export const loadDeferral: Late<typeof import("./defer-during.ts")> = /* @__PURE__ */ late(
  () => import("./defer-during.ts"),
);

/** Defers the pushes inside a callback or a delivery until the callback or the delivery has succeeded. */
export class PushDeferrer {
  readonly #send: SendPush;
  #storage: AsyncStorage<DeferredPushes | undefined> | undefined;

  constructor(send: SendPush) {
    this.#send = send;
  }

  /**
   * Returns the object that defers a push of the current call; `undefined` if the push is sent immediately.
   *
   * @throws CloudTaskError with the code `ABORTED` if the surrounding work has failed
   */
  current(subject: string): DeferredPushes | undefined {
    return this.#storage?.getStore()?.innermostOpen(subject);
  }

  /** Removes a deferred push of the current call, and returns whether there was one with that resource name. */
  async remove(name: string): Promise<boolean> {
    return this.#storage?.getStore()?.remove(name) ?? false;
  }

  /**
   * Runs a function whose pushes are never deferred. For dependencies of scope "app": they may still push long after the delivery
   * that created them.
   */
  readonly outside = <T>(run: () => T): T => {
    return this.#storage === undefined ? run() : this.#storage.run(undefined, run);
  };

  /** `client.deferPushes()`. */
  deferPushes<T>(run: () => T | Promise<T>): Promise<T> {
    return this.#defer({ name: "client.deferPushes()", delivery: undefined, run });
  }

  /** Wraps the deliveries of a definition with `deferPushes`. */
  readonly middleware: Middleware = (delivery, next) => {
    return this.#defer({ name: `delivery of "${delivery.task}"`, delivery, run: next });
  };

  async #defer<T>(work: Work<T>): Promise<T> {
    this.#storage ??= createAsyncStorage(work.name);
    const { deferDuring } = await loadDeferral();
    return deferDuring(work, { storage: this.#storage, send: this.#send, DeferredPushError });
  }
}
