import { type AsyncStorage, createAsyncStorage } from "../../core/async-storage.ts";
import { PUSHED_HEADER } from "../../core/headers.ts";
import { derivedTaskId } from "../../core/task-id.ts";
import type { Delivery } from "../../dependencies/delivery.ts";
import type { Middleware } from "../../execution/middleware.ts";
import type { PreparedPush } from "../push/prepare.ts";
import { DeferredPushError } from "./deferred-push-error.ts";
import { type CreateId, DeferredPushes } from "./deferred-pushes.ts";
import type { SendPush } from "./send-deferred.ts";

/** Work whose pushes are sent after it has succeeded. */
interface Work<T> {
  /** The name of the work in messages. */
  readonly name: string;
  readonly createId: CreateId;
  readonly run: () => T | Promise<T>;
}

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
    const createId = this.#storage?.getStore()?.createId ?? (() => crypto.randomUUID());
    return this.#defer({ name: "client.deferPushes()", createId, run });
  }

  /** Wraps the deliveries of a definition with `deferPushes`. */
  readonly middleware: Middleware = (delivery, next) => {
    return this.#defer({ name: `delivery of "${delivery.task}"`, createId: idsOf(delivery), run: next });
  };

  async #defer<T>({ name, createId, run }: Work<T>): Promise<T> {
    this.#storage ??= createAsyncStorage(name);
    const deferred = new DeferredPushes(name, createId, this.#storage.getStore());
    let value: T;
    try {
      value = await this.#storage.run(deferred, run);
    } catch (error) {
      deferred.discard();
      throw error;
    }
    const pushes = await deferred.release();
    if (pushes.length === 0) return value;
    // Loaded late, because a push does not need it.
    const { sendDeferred } = await import("./send-deferred.ts");
    await sendDeferred({ pushes, work: name, value, send: this.#send, DeferredPushError });
    return value;
  }
}

/**
 * Creates ids that the next attempt of the delivery creates again. They depend on the delivered task and on the content of the
 * push. The position of the push is not enough: an attempt that finds some work done may push less, and its pushes then have
 * other positions.
 */
function idsOf(delivery: Delivery): CreateId {
  const counts = new Map<string, number>();
  let pushedAt: string | null | undefined;
  return ({ task, queue, randomOf, body }: PreparedPush) => {
    // Not a delivery by Cloud Tasks, so there is no next attempt.
    if (delivery.id === "") return crypto.randomUUID();
    pushedAt ??= delivery.request.headers.get(PUSHED_HEADER);
    // Each attempt selects another shard at random.
    const content = JSON.stringify([randomOf?.queue ?? queue, body]);
    const count = counts.get(content) ?? 0;
    counts.set(content, count + 1);
    return derivedTaskId("deferred", [delivery.queue, delivery.id, pushedAt, content, count], task);
  };
}
