import { withoutTaskLabel } from "cloudtask/internal";
import { matchesName } from "../../history/matches-name.ts";
import type { Query } from "../../http/query.ts";
import { definedFields } from "../defined-fields.ts";
import type { InspectParts } from "../inspect-parts.ts";
import { limitOf } from "../paging.ts";
import { rfc3339, timeOrNone } from "../rfc3339.ts";
import { timeOf } from "../tasks/task-query.ts";
import type { FailureGroupJson, FailuresJson } from "../types/failure-types.ts";
import { type FailureFilter, type FailureGroup, groupFailures } from "./failure-groups.ts";
import type { FailureLog } from "./failure-log.ts";
import { failureMessage } from "./failure-message.ts";

/** Answers GET /inspect/failures. */
export async function failuresJson(parts: InspectParts, log: FailureLog, query: Query): Promise<FailuresJson> {
  const limit = limitOf(query);
  const filter = filterOf(query);
  const { failures, since } = await log.read();
  const groups = groupFailures(parts, failures, filter);
  return {
    groups: groups.slice(0, limit).map((group) => groupJson(parts, group)),
    others: Math.max(0, groups.length - limit),
    ...definedFields({ since: timeOrNone(since) }),
  };
}

function filterOf(query: Query): FailureFilter {
  const [queue, definition] = [query.text("queue"), query.text("definition")];
  return {
    isSelected: (failure) =>
      (queue === "" || matchesName(queue, failure.queue)) &&
      (definition === "" || definition === (failure.kind.definition ?? "-")),
    from: timeOf("from", query, Number.NEGATIVE_INFINITY),
    to: timeOf("to", query, Number.POSITIVE_INFINITY),
  };
}

function groupJson({ history }: InspectParts, group: FailureGroup): FailureGroupJson {
  const { kind, queues, attempts, tasks, unresolved, first, last } = group;
  const { definition, status, discarded, answer } = kind;
  // The history can have dropped the attempt since it was read.
  const attempt = history.get(last.id);
  const message = attempt && failureMessage(attempt);
  return {
    ...definedFields({ definition, status, discarded: discarded || undefined }),
    queues: [...queues].sort(),
    answer,
    ...definedFields({ message: message && withoutTaskLabel(message) }),
    attempts,
    tasks: tasks.size,
    unresolved,
    firstTime: rfc3339(first.at),
    lastTime: rfc3339(last.at),
    lastTask: last.task,
    lastAttempt: String(last.id),
  };
}
