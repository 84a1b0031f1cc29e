import type { NewJobJson, TaskState } from "../../source/json.ts";
import type { TaskFilter } from "../../source/source.ts";
import { isCloud } from "../../state/server.ts";
import { LIVE_STATES } from "../../words/task-state.tsx";

/** An action over many tasks. */
export type BulkAction = NewJobJson["action"];

export const LABELS: Readonly<Record<BulkAction, string>> = {
  run: "Run now",
  delete: "Delete",
  redrive: "Redrive",
  push: "Push again",
};

/** Checks whether an action applies to tasks in a state. All except one apply to tasks that exist. */
export function appliesTo(action: BulkAction, state: TaskState): boolean {
  return LIVE_STATES.includes(state) === (action !== "push");
}

/** Returns the actions that apply to at least one of the tasks in these states. */
export function applicableActions(
  { deadLetters }: Pick<TaskFilter, "deadLetters">,
  states: ReadonlySet<TaskState>,
): readonly BulkAction[] {
  if (deadLetters) return ["redrive", "delete"];
  const actions: readonly BulkAction[] = isCloud() ? ["run", "delete"] : ["push", "run", "delete"];
  return actions.filter((action) => [...states].some((state) => appliesTo(action, state)));
}
