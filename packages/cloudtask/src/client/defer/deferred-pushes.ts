import { abortedError } from "../../core/errors/aborted-error.ts";
import { CloudTaskError } from "../../core/errors/cloud-task-error.ts";
import { expectedResult } from "../push/expected-result.ts";
import type { PreparedPush, PushRequest } from "../push/prepare.ts";
import type { PushResult } from "../push/push-options.ts";
import { shardFor } from "../queues/pick-queue.ts";
import type { Task } from "../tasks/task.ts";

/** A push that is sent after the surrounding work has succeeded. */
export interface DeferredPush {
  readonly task: Task;
  readonly push: PreparedPush;
  readonly result: PushResult;
}

/** Creates the id of an unnamed push. */
export type CreateId = (push: PreparedPush) => string | Promise<string>;

/** The pushes made inside one `deferPushes()` callback, or inside one delivery with `deferPushes`. */
export class DeferredPushes {
  readonly createId: CreateId;
  /** The surrounding work, for messages. */
  readonly #work: string;
  readonly #outer: DeferredPushes | undefined;
  /** In the order of the `push()` calls, including those that are still being checked. */
  #pushes: Promise<DeferredPush>[] = [];
  #state: "open" | "succeeded" | "failed" = "open";

  constructor(work: string, createId: CreateId, outer: DeferredPushes | undefined) {
    this.#work = work;
    this.createId = createId;
    this.#outer = outer;
  }

  /**
   * Returns the pushes of the innermost work that is still running: this work, or the nearest one around it. Returns `undefined`
   * if all of them have succeeded, so a push is sent immediately.
   *
   * @throws CloudTaskError with the code `ABORTED` if some of the work has failed
   */
  innermostOpen(subject: string): DeferredPushes | undefined {
    if (this.#state === "open") return this;
    if (this.#state === "succeeded") return this.#outer?.innermostOpen(subject);
    throw new CloudTaskError(
      "ABORTED",
      `${subject}: the enclosing ${this.#work} already failed and its pushes were discarded. Await every push inside it, and start ` +
        "longer work outside of it.",
    );
  }

  /** Adds a push, and returns its result. A push that fails a check is not sent. */
  async add(request: PushRequest, prepare: () => PreparedPush | Promise<PreparedPush>): Promise<PushResult> {
    const preparing = this.#prepare(request, prepare);
    this.#pushes.push(preparing);
    return (await preparing).result;
  }

  /** Runs every check now, because an invalid push must make the surrounding work fail. */
  async #prepare(
    { subject, task, options }: PushRequest,
    prepare: () => PreparedPush | Promise<PreparedPush>,
  ): Promise<DeferredPush> {
    const prepared = await prepare();
    if (options.signal?.aborted) throw abortedError(subject, options.signal, "Nothing was sent.");
    const push = prepared.named ? prepared : withId(prepared, await this.createId(prepared));
    const result = await expectedResult(push);
    return { task, push, result: { ...result, deferred: true } };
  }

  /**
   * Removes the pushes with a resource name, from this work and from the work around it.
   *
   * @returns `true` if there were any
   */
  async remove(name: string): Promise<boolean> {
    const pushes = this.#pushes;
    const names = await Promise.all(pushes.map(async (each) => (await unlessRejected(each))?.result.name));
    const removed = new Set(pushes.filter((_, index) => names[index] === name));
    // Pushes that were released during the `await` are sent, so they do not count as removed.
    const here = this.#pushes.some((each) => removed.has(each));
    this.#pushes = this.#pushes.filter((each) => !removed.has(each));
    const further = await this.#outer?.remove(name);
    return here || further === true;
  }

  /** Discards the pushes, because the work has failed. */
  discard(): void {
    this.#state = "failed";
    this.#pushes = [];
  }

  /**
   * Ends work that has succeeded: passes its pushes on to the surrounding work, if there is any.
   *
   * @returns the pushes to send now
   * @throws CloudTaskError with the code `ABORTED` if the surrounding work has failed
   */
  async release(): Promise<readonly DeferredPush[]> {
    this.#state = "succeeded";
    // Cleared, because objects created inside the work can keep this one alive as long as the process.
    const pushes = this.#pushes;
    this.#pushes = [];
    const outer = this.#outer?.innermostOpen(this.#work);
    if (outer !== undefined) {
      outer.#pushes.push(...pushes);
      return [];
    }
    // The caller of a rejected push has already received its error.
    return (await Promise.all(pushes.map(unlessRejected))).filter((push) => push !== undefined);
  }
}

function unlessRejected(preparing: Promise<DeferredPush>): Promise<DeferredPush | undefined> {
  return preparing.catch(() => undefined);
}

/** The next attempt of a delivery creates the same id, which is only taken in the same shard. */
function withId(push: PreparedPush, id: string): PreparedPush {
  const { randomOf, queue } = push;
  return { ...push, id, queue: randomOf === undefined ? queue : shardFor(randomOf, id) };
}
