import type { AsyncStorage } from "../../core/async-storage.ts";
import { PUSHED_HEADER } from "../../core/headers.ts";
import { derivedTaskId } from "../../core/task-id.ts";
import type { Delivery } from "../../dependencies/delivery.ts";
import type { PreparedPush } from "../push/prepare.ts";
import { type CreateId, DeferredPushes } from "./deferred-pushes.ts";
import type { PendingPushes } from "./send-deferred.ts";

/** Work whose pushes are sent after it has succeeded. */
export interface Work<T> {
  /** The name of the work in messages. */
  readonly name: string;
  /** The delivery that is the work; `undefined` for a callback. */
  readonly delivery: Delivery | undefined;
  readonly run: () => T | Promise<T>;
}

interface Deferrer extends Pick<PendingPushes, "send" | "DeferredPushError"> {
  readonly storage: AsyncStorage<DeferredPushes | undefined>;
}

/** Runs work, and sends its pushes after it has succeeded. */
export async function deferDuring<T>({ name, delivery, run }: Work<T>, { storage, ...sender }: Deferrer): Promise<T> {
  const outer = storage.getStore();
  const createId = delivery === undefined ? (outer?.createId ?? (() => crypto.randomUUID())) : idsOf(delivery);
  const deferred = new DeferredPushes(name, createId, outer);
  let value: T;
  try {
    value = await storage.run(deferred, run);
  } catch (error) {
    deferred.discard();
    throw error;
  }
  const pushes = await deferred.release();
  if (pushes.length === 0) return value;
  const { sendDeferred } = await import("./send-deferred.ts");
  await sendDeferred({ pushes, work: name, value, ...sender });
  return value;
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
