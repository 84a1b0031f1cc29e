import { CloudTaskError } from "../../core/errors/cloud-task-error.ts";
import type { PreparedPush } from "../push/prepare.ts";
import type { PushResult } from "../push/push-options.ts";
import type { Task } from "../tasks/task.ts";

/** A push that waits for what it belongs to. */
export interface DeferredPush {
  readonly task: Task;
  readonly push: PreparedPush;
  readonly result: PushResult;
}

/** Makes the id of a push that nobody named. */
export type MakeId = (push: PreparedPush) => string | Promise<string>;

/** What is pushed inside a `deferPushes()`, or inside a delivery that holds its pushes, until that has ended. */
export class DeferredPushes {
  readonly makeId: MakeId;
  readonly #outer: DeferredPushes | undefined;
  /** In the order in which they were pushed, also while they are still being checked. */
  #pushes: Promise<DeferredPush>[] = [];
  #state: "open" | "succeeded" | "failed" = "open";

  /**
   * @param makeId - makes the ids
   * @param outer - the one around it
   */
  constructor(makeId: MakeId, outer: DeferredPushes | undefined) {
    this.makeId = makeId;
    this.#outer = outer;
  }

  /**
   * @param doing - what asks, for the message: `pushing "…"`
   * @returns the hold that takes a push now; `undefined` where the push goes its way, since all of them have succeeded
   * @throws CloudTaskError with the code `ABORTED` where one of them has failed
   */
  taking(doing: string): DeferredPushes | undefined {
    if (this.#state === "open") return this;
    if (this.#state === "succeeded") return this.#outer?.taking(doing);
    throw new CloudTaskError(
      "ABORTED",
      `${doing}: what it was pushed in has failed by now, and all that was pushed there was dropped: await every ` +
        "push, and start outside of it what outlives it",
    );
  }

  /**
   * @param preparing - checks the push, and decides its id
   * @returns what the push brings
   * @throws what `preparing` throws; the push then is not held
   */
  async add(preparing: Promise<DeferredPush>): Promise<PushResult> {
    this.#pushes.push(preparing);
    return (await preparing).result;
  }

  /**
   * @param name - a full resource name
   * @returns whether a push was held under that name, here or further out, and now is not any more
   */
  async remove(name: string): Promise<boolean> {
    const pushes = this.#pushes;
    const names = await Promise.all(pushes.map(async (each) => (await settled(each))?.result.name));
    const removed = new Set(pushes.filter((_, index) => names[index] === name));
    // Those that were released meanwhile are sent: whoever asks is told of what is not.
    const here = this.#pushes.some((each) => removed.has(each));
    this.#pushes = this.#pushes.filter((each) => !removed.has(each));
    const further = await this.#outer?.remove(name);
    return here || further === true;
  }

  /** What it belongs to has failed: nothing of it is pushed. */
  drop(): void {
    this.#state = "failed";
    this.#pushes = [];
  }

  /**
   * What it belongs to has succeeded: what was held goes to the one around it.
   *
   * @param doing - what succeeded, for the message
   * @returns what is to be sent now; `[]` where there is one around it
   * @throws CloudTaskError with the code `ABORTED` where the one around it has failed
   */
  async release(doing: string): Promise<readonly DeferredPush[]> {
    this.#state = "succeeded";
    // Not kept here: what was created inside may keep this object for as long as the process lives.
    const pushes = this.#pushes;
    this.#pushes = [];
    const outer = this.#outer?.taking(doing);
    if (outer !== undefined) {
      outer.#pushes.push(...pushes);
      return [];
    }
    // One that was refused told whoever pushed it.
    return (await Promise.all(pushes.map(settled))).filter((push) => push !== undefined);
  }
}

function settled(preparing: Promise<DeferredPush>): Promise<DeferredPush | undefined> {
  return preparing.catch(() => undefined);
}
