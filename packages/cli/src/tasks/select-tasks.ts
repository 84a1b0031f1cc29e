import type { CommandContext } from "../command-line/command-spec.ts";
import type { GivenFlags } from "../command-line/given-flags.ts";
import type { Place } from "../place/open-place.ts";
import { UsageError } from "../usage-error.ts";
import { isSelective, selectedTasks } from "./list-tasks.ts";

/** Checks that a call either names tasks or selects tasks of a queue. @throws UsageError otherwise */
export function checkSelection(flags: GivenFlags): void {
  const isByQueue = flags.has("queue");
  if (flags.positionals.length > 0 && (isByQueue || isSelective(flags))) {
    throw new UsageError("pass either the names of tasks, or --queue with options that select its tasks");
  }
  if (flags.positionals.length === 0 && !isByQueue)
    throw new UsageError("pass the names of tasks, or --queue for all that match");
}

/** Returns the names of the tasks of a queue that the options select. */
export async function matchingTasks(
  { admin }: Place,
  queue: string,
  flags: GivenFlags,
  { terminal }: CommandContext,
): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of admin.tasks.list(selectedTasks(flags, queue))) {
    names.push(name);
    if (names.length % 1_000 === 0) terminal.progress(`${names.length} tasks found`);
  }
  terminal.progress();
  return names;
}
