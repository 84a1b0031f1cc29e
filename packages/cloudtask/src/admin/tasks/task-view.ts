import type { CallOptions } from "../admin-context.ts";

/**
 * The fields of a task that a call returns: `"full"` adds the body and the payload, and needs the permission `cloudtasks.tasks.fullView`.
 *
 * @example
 * ```ts
 * const view: TaskView = "full";
 * ```
 */
export type TaskView = "basic" | "full";

/**
 * Options of a call that returns a task.
 *
 * @example
 * ```ts
 * const { payload } = await admin.tasks.get(name, { view: "full" });
 * ```
 */
export interface ViewOptions extends CallOptions {
  /** The fields to return. Default `"basic"`. */
  readonly view?: TaskView | undefined;
}

/**
 * Returns the query or the body of a call that returns tasks.
 *
 * @param subject - the name of the method, for messages
 */
export function viewQuery(view: unknown = "basic", subject: string): { readonly responseView?: "FULL" } {
  if (view === "basic") return {};
  if (view === "full") return { responseView: "FULL" };
  throw new TypeError(`${subject}: \`view\` must be "basic" or "full", received ${JSON.stringify(view)}`);
}
