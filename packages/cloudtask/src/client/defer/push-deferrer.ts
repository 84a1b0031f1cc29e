import { type AsyncStorage, createAsyncStorage } from "../../core/async-storage.ts";
import { PUSHED_HEADER } from "../../core/headers.ts";
import { derivedTaskId } from "../../core/task-id.ts";
import type { Delivery } from "../../dependencies/delivery.ts";
import type { Middleware } from "../../execution/middleware.ts";
import type { PreparedPush } from "../push/prepare.ts";
import type { PushResult } from "../push/push-options.ts";
import { DeferredPushes, type MakeId } from "./deferred-pushes.ts";
import { sendDeferred } from "./send-deferred.ts";

/** Something whose pushes are held until it has succeeded. */
interface Holding<T> {
  /** What needs it, for messages. */
  readonly doing: string;
  readonly makeId: MakeId;
  readonly run: () => T | Promise<T>;
}

/** Holds what is pushed inside a callback or a delivery, wherever in it, and sends it once that has succeeded. */
export class PushDeferrer {
  readonly #send: (push: PreparedPush) => Promise<PushResult>;
  #storage: AsyncStorage<DeferredPushes | undefined> | undefined;

  /** @param send - sends what was held */
  constructor(send: (push: PreparedPush) => Promise<PushResult>) {
    this.#send = send;
  }

  /**
   * @param doing - what asks, for the message
   * @returns what holds a push that is made here and now; `undefined` where nothing does
   * @throws CloudTaskError with the code `ABORTED` where it belongs to something that has failed
   */
  current(doing: string): DeferredPushes | undefined {
    return this.#storage?.getStore()?.taking(doing);
  }

  /**
   * @param name - a full resource name
   * @returns whether a push of that name was held here and now, and is not any more
   */
  async remove(name: string): Promise<boolean> {
    return this.#storage?.getStore()?.remove(name) ?? false;
  }

  /**
   * Runs what belongs to nothing that holds pushes, wherever it is called from: what is created for the whole process may go
   * on pushing when that is long over.
   *
   * @param run - called at once
   * @returns what it returned
   */
  readonly outside = <T>(run: () => T): T => {
    return this.#storage === undefined ? run() : this.#storage.run(undefined, run);
  };

  /** `client.deferPushes()`. */
  deferPushes<T>(run: () => T | Promise<T>): Promise<T> {
    const makeId = this.#storage?.getStore()?.makeId ?? (() => crypto.randomUUID());
    return this.#hold({ doing: "client.deferPushes()", makeId, run });
  }

  /** Stands around the deliveries of a definition with `deferPushes`. */
  readonly middleware: Middleware = (delivery, next) => {
    const doing = `a delivery of "${delivery.task}"`;
    return this.#hold({ doing, makeId: idsOf(delivery), run: next });
  };

  async #hold<T>({ doing, makeId, run }: Holding<T>): Promise<T> {
    this.#storage ??= createAsyncStorage(doing);
    const hold = new DeferredPushes(makeId, this.#storage.getStore());
    let value: T;
    try {
      value = await this.#storage.run(hold, run);
    } catch (error) {
      hold.drop();
      throw error;
    }
    const held = await hold.release(doing);
    if (held.length > 0) await sendDeferred({ deferred: held, doing, value, send: this.#send });
    return value;
  }
}

/**
 * Ids that the next attempt of the delivery makes again: from the task it delivers and from what is pushed, and not from the
 * order alone, since an attempt that finds some of its work done may push less, and must not take one task for another.
 */
function idsOf(delivery: Delivery): MakeId {
  const seen = new Map<string, number>();
  let pushed: string | null | undefined;
  return ({ task, queue, body }: PreparedPush) => {
    // Not a delivery of Cloud Tasks: it is not tried again.
    if (delivery.id === "") return crypto.randomUUID();
    pushed ??= delivery.request.headers.get(PUSHED_HEADER);
    const what = JSON.stringify([queue, body]);
    const before = seen.get(what) ?? 0;
    seen.set(what, before + 1);
    return derivedTaskId("held", [delivery.queue, delivery.id, pushed, what, before], task);
  };
}
