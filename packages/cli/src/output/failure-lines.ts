import { errorMessage, printableText } from "cloudtask/internal";
import { shortTaskName } from "../tasks/task-argument.ts";
import { countText } from "./count-text.ts";

/** A task for which an action failed. */
export interface TaskFailure {
  /** The full name of the task. */
  readonly name: string;
  readonly error: unknown;
}

/** Lists failures for people. Tasks that failed for the same reason share it, because a message can be long. */
export function failureLines(failures: readonly TaskFailure[]): readonly string[] {
  const groups = new Map<string, TaskFailure[]>();
  for (const failure of failures) {
    const reason = errorMessage(failure.error).replaceAll(failure.name, "the task");
    const group = groups.get(reason) ?? [];
    groups.set(reason, group);
    group.push(failure);
  }
  return [...groups].flatMap(([reason, group]) => {
    const [first] = group;
    if (group.length === 1 && first) return printableText(`${shortTaskName(first.name)}: ${errorMessage(first.error)}`);
    const title = printableText(`${countText(group.length, "failure")} for the same reason: ${reason}`);
    return [title, ...group.map(({ name }) => `  ${shortTaskName(name)}`)];
  });
}
