import type { CallOptions } from "../admin-context.ts";
import type { QueueChange } from "./queue-change.ts";

/**
 * Options of `admin.queues.plan()`.
 *
 * @example
 * ```ts
 * const plan = await admin.queues.plan(queues, { prune: true });
 * ```
 */
export interface PlanOptions extends CallOptions {
  /** Also deletes the queues of the location that are not described, with their tasks. Default `false`. */
  readonly prune?: boolean | undefined;
}

/**
 * Options of `plan.apply()`.
 *
 * @example
 * ```ts
 * await plan.apply({ signal: AbortSignal.timeout(60_000) });
 * ```
 */
export interface ApplyOptions extends CallOptions {
  /** Called after each change. */
  readonly onProgress?: ((progress: ApplyProgress) => void) | undefined;
}

/**
 * The progress of `plan.apply()`.
 *
 * @example
 * ```ts
 * const report = ({ change, done, total }: ApplyProgress) => console.log(`${done}/${total}`, change.action, change.queue);
 * ```
 */
export interface ApplyProgress {
  /** The change that was applied last. */
  readonly change: QueueChange;
  /** The number of changes that were applied. */
  readonly done: number;
  /** The number of changes of the plan. */
  readonly total: number;
}

/**
 * The difference between described queues and the queues that exist. Created by `admin.queues.plan()`, which changes nothing.
 *
 * @example
 * ```ts
 * const plan: Plan = await admin.queues.plan(queues);
 * console.log(String(plan));
 * if (!plan.isEmpty) await plan.apply();
 * ```
 */
export interface Plan {
  /** Project and location, `projects/…/locations/…`. */
  readonly location: string;
  /**
   * The changes, in the order of `apply()`: pause queues, create queues, change settings, resume queues, delete queues. Paused queues
   * are created first, because they can be dead-letter queues of the others.
   */
  readonly changes: readonly QueueChange[];
  /** The ids of queues that exist and are not described. They stay as they are. Always empty with `prune`. */
  readonly unmanaged: readonly string[];
  /** Consequences that the changes do not show, as sentences. */
  readonly warnings: readonly string[];
  /** `true` if nothing has to be changed. */
  readonly isEmpty: boolean;
  /** Returns the plan as text with one block per queue, as Terraform prints it: `+` creates, `~` changes and `-` deletes. */
  toString(): string;
  /**
   * Makes the changes, one after the other, and stops at the first that fails. Settings that are not described stay as they are. If a
   * setting was changed by someone else after the plan was created, the change fails instead of overwriting it.
   *
   * @param options - `onProgress`, `signal`
   * @returns the changes that were applied
   * @throws PlanError with the changes that were and were not applied, if a change failed or was aborted
   * @throws TypeError if the plan was applied before
   *
   * @example
   * ```ts
   * await plan.apply({ onProgress: ({ change, done, total }) => console.log(`${done}/${total} ${change.action} ${change.queue}`) });
   * ```
   */
  apply(options?: ApplyOptions): Promise<readonly QueueChange[]>;
}
