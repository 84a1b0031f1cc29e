import type { InspectParts } from "../inspect-parts.ts";
import { findTask } from "../tasks/task-detail-json.ts";
import type { Failure, FailureKind } from "./failure-log.ts";

type Parts = Pick<InspectParts, "engine" | "replaced">;

/** Selects failed attempts. */
export interface FailureFilter {
  readonly isSelected: (failure: Failure) => boolean;
  /** Milliseconds since the epoch; limits of the time at which an attempt finished. */
  readonly from: number;
  readonly to: number;
}

/** The failures of a kind. */
export interface FailureGroup {
  readonly kind: FailureKind;
  /** The full names. */
  readonly queues: ReadonlySet<string>;
  /** The sequences of the tasks. */
  readonly tasks: ReadonlySet<number>;
  readonly attempts: number;
  readonly unresolved: number;
  readonly first: Failure;
  readonly last: Failure;
}

interface OpenGroup extends FailureGroup {
  readonly queues: Set<string>;
  readonly tasks: Set<number>;
  attempts: number;
  unresolved: number;
  first: Failure;
}

/**
 * Groups failures by their kind, with the most unresolved tasks first.
 *
 * @param failures - the oldest first
 */
export function groupFailures(parts: Parts, failures: readonly Failure[], filter: FailureFilter): FailureGroup[] {
  const groups = new Map<string, OpenGroup>();
  const seen = new Set<number>();
  /** The number of tasks by the kind of their last failure, which can be outside of the limits of the time. */
  const unresolved = new Map<string, number>();
  for (const failure of failures.toReversed()) {
    if (!filter.isSelected(failure)) continue;
    const { key } = failure.kind;
    const isLast = !seen.has(failure.sequence);
    if (isLast) seen.add(failure.sequence);
    if (isLast && isUnresolved(parts, failure)) unresolved.set(key, (unresolved.get(key) ?? 0) + 1);
    if (failure.at < filter.from || failure.at >= filter.to) continue;
    const group = groups.get(key) ?? open(failure);
    groups.set(key, group);
    add(group, failure);
  }
  for (const [key, group] of groups) group.unresolved = unresolved.get(key) ?? 0;
  return [...groups.values()].sort(
    (a, b) => b.unresolved - a.unresolved || b.tasks.size - a.tasks.size || b.attempts - a.attempts,
  );
}

function open(last: Failure): OpenGroup {
  return { kind: last.kind, queues: new Set(), tasks: new Set(), attempts: 0, unresolved: 0, first: last, last };
}

function add(group: OpenGroup, failure: Failure): void {
  group.queues.add(failure.queue);
  group.tasks.add(failure.sequence);
  group.attempts += 1;
  group.first = failure;
}

/** If a task was to be retried and no longer exists, it has succeeded or was deleted. */
function isUnresolved(parts: Parts, { outcome, task, sequence }: Failure): boolean {
  if (outcome === "retrying") return findTask(parts, task)?.record.sequence === sequence;
  return !parts.replaced.has(sequence);
}
