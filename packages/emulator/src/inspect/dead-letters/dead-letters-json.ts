import type { Query } from "../../http/query.ts";
import { definedFields } from "../defined-fields.ts";
import type { InspectParts } from "../inspect-parts.ts";
import { limitOf } from "../paging.ts";
import { Slices } from "../slices.ts";
import { findTasks } from "../tasks/find-tasks.ts";
import { taskJson } from "../tasks/task-json.ts";
import { type TaskQuery, taskFilterOf, timeOf } from "../tasks/task-query.ts";
import { pageEnd, positionOf } from "../tasks/tasks-json.ts";
import type { DeadLetterJson, DeadLettersJson } from "../types/dead-letter-types.ts";

/** Answers GET /inspect/dead-letters. */
export async function deadLettersJson(parts: InspectParts, query: Query): Promise<DeadLettersJson> {
  const taskQuery: TaskQuery = {
    ...taskFilterOf(query),
    deadLetters: true,
    sort: "create",
    isReverse: true,
    answer: undefined,
    from: timeOf("from", query, Number.NEGATIVE_INFINITY),
    to: timeOf("to", query, Number.POSITIVE_INFINITY),
  };
  const now = parts.clock.now();
  const search = { parts: onlyWithDeadLetters(parts), query: taskQuery, now, slices: new Slices() };
  const page = await findTasks({ ...search, after: positionOf(query, taskQuery), limit: limitOf(query) });
  const tasks = page.items.flatMap(({ task }) => (task ? [taskJson(parts, task, now)] : []));
  const queues = [...parts.engine.queues.values()].filter(({ counts }) => counts.deadLetters > 0);
  return {
    deadLetters: tasks.filter((task): task is DeadLetterJson => task.deadLetter !== undefined),
    ...definedFields(pageEnd(page, taskQuery)),
    queues: queues.map(({ record, counts }) => ({ queue: record.name, deadLetters: counts.deadLetters })),
  };
}

/** Returns the parts with the queues that have dead letters: other queues need not be searched. */
function onlyWithDeadLetters(parts: InspectParts): InspectParts {
  const queues = new Map([...parts.engine.queues].filter(([, { counts }]) => counts.deadLetters > 0));
  return { ...parts, engine: { ...parts.engine, queues } };
}
