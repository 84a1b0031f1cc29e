import { ApiError } from "cloudtask";

/** How long a denial is remembered: a permission that was granted meanwhile takes effect without a restart. */
const REMEMBER_MS = 60_000;

/** The reason for tasks without bodies. */
export const BODIES_HIDDEN =
  "Payloads are neither shown nor searched: your credentials lack the permission cloudtasks.tasks.fullView. A role such as roles/cloudtasks.enqueuer contains it.";

/** The view of a task in an API call. */
export type View = "FULL" | "BASIC";

/** The result of a call, and the view that it used. */
export interface Viewed<T> {
  readonly value: T;
  readonly view: View;
}

/** Reads tasks with their bodies, or without them if the credentials may not read bodies. */
export class BodyAccess {
  readonly #now: () => number;
  #deniedAt = Number.NEGATIVE_INFINITY;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param read - calls the API with a view */
  async read<T>(read: (view: View) => Promise<T>): Promise<Viewed<T>> {
    if (this.#now() - this.#deniedAt < REMEMBER_MS) return { value: await read("BASIC"), view: "BASIC" };
    try {
      return { value: await read("FULL"), view: "FULL" };
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== "PERMISSION_DENIED") throw error;
      // If the task cannot be read at all, this error is the one that matters.
      const value = await read("BASIC");
      this.#deniedAt = this.#now();
      return { value, view: "BASIC" };
    }
  }
}
