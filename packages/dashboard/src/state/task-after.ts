import type { FinishedJson, QueueEventJson, StartedJson, TaskEventJson, TaskJson } from "../source/json.ts";

/** An event that can change a row of a list. */
export type RowEvent = StartedJson | FinishedJson | TaskEventJson | QueueEventJson;

const FINISHED: ReadonlySet<string> = new Set(["succeeded", "discarded", "exhausted", "deleted"]);

/** Returns a task as it is after an event. Applying an event again changes nothing, so a list can repeat recent events. */
export function taskAfter(task: TaskJson, event: RowEvent): TaskJson {
  if ("phase" in event) return event.phase === "started" ? started(task, event) : finished(task, event);
  const isDeleted = event.kind === "deleted" || event.kind === "purged";
  if (!isDeleted || FINISHED.has(task.state) || Date.parse(task.createTime) > Date.parse(event.time)) return task;
  return { ...task, state: "deleted", finishTime: event.time, waits: [] };
}

function started(task: TaskJson, { attempt }: StartedJson): TaskJson {
  if (attempt < task.dispatchCount || FINISHED.has(task.state)) return task;
  return { ...task, state: "running", dispatchCount: attempt, waits: [] };
}

function finished(task: TaskJson, event: FinishedJson): TaskJson {
  const { sequence, attempt, outcome, discarded, retryTime = task.scheduleTime, finishTime } = event;
  const isOutdated = sequence !== task.sequence || attempt < task.dispatchCount;
  if (isOutdated) return task;
  const after = { ...task, dispatchCount: attempt, waits: [] };
  switch (outcome) {
    case "retrying":
      return { ...after, state: "retrying", scheduleTime: retryTime };
    case "succeeded":
      return { ...after, state: discarded ? "discarded" : "succeeded", finishTime };
    case "exhausted":
      return { ...after, state: "exhausted", finishTime };
    case "ignored":
      return { ...after, state: "deleted", finishTime };
  }
}
