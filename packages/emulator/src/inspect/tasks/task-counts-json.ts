import type { EngineQueue } from "../../engine/engine-state.ts";
import { refreshDue } from "../../engine/set-task-state.ts";
import { liveStates, noTasks } from "../../engine/task-counts.ts";
import { matchesName } from "../../history/matches-name.ts";
import { finishedStates, noFinished, noStatuses, statusClasses } from "../../history/tasks/finished-counts.ts";
import { definedFields } from "../defined-fields.ts";
import type { InspectParts } from "../inspect-parts.ts";
import type { Slices } from "../slices.ts";
import type { TaskState } from "../types/common-types.ts";
import type { DefinitionCountJson, TaskCountsJson } from "../types/task-types.ts";
import type { TaskFilter } from "./task-query.ts";

type Parts = Pick<InspectParts, "engine" | "history" | "clock">;
type Counts = Record<TaskState, number>;

const MAX_DEFINITIONS = 100;

/** Tasks that became due to count at once. */
const REFRESH_SIZE = 1_000;

/** Returns the counts beside a page of tasks. */
export async function taskCountsJson(
  parts: Parts,
  { queue, definition, deadLetters }: Pick<TaskFilter, "queue" | "definition" | "deadLetters">,
  slices: Slices,
): Promise<TaskCountsJson> {
  const { engine, history, clock } = parts;
  const isSelected = (name: string): boolean => queue === undefined || matchesName(queue, name);
  const queues = [...engine.queues.values()].filter(({ record }) => isSelected(record.name));
  await refreshQueues(queues, clock.now(), slices);
  const byDefinition = new Map<string | undefined, Counts>();
  const statuses = noStatuses();
  for (const { counts } of queues) {
    if (deadLetters !== true) addCounts(byDefinition, counts.byDefinition);
    if (deadLetters !== undefined) addCounts(byDefinition, counts.deadByDefinition, deadLetters ? 1 : -1);
  }
  for (const [name, counts] of history.tasks.counts.queues) {
    if (deadLetters === true || !isSelected(name)) continue;
    addCounts(byDefinition, counts.byDefinition);
    for (const status of statusClasses) statuses[status] += counts.statuses[status];
  }
  return {
    states: sumOf([...byDefinition].flatMap(([name, counts]) => (matches(definition, name) ? [counts] : []))),
    definitions: mostFrequent(byDefinition),
    statuses,
    deadLetters: queues.reduce((sum, { counts }) => sum + counts.deadLetters, 0),
  };
}

/** Counts the tasks that became due since the last request. There can be a million, so this is done in slices. */
export async function refreshQueues(queues: readonly EngineQueue[], now: number, slices: Slices): Promise<void> {
  for (const queue of queues) {
    while (!refreshDue(queue, now, REFRESH_SIZE)) if (slices.isOver) await slices.next();
  }
}

/** Returns counts of 0. */
export function noCounts(): Counts {
  return { ...noTasks(), ...noFinished() };
}

function addCounts(
  sums: Map<string | undefined, Counts>,
  added: ReadonlyMap<string | undefined, Readonly<Partial<Counts>>>,
  sign: 1 | -1 = 1,
): void {
  for (const [definition, counts] of added) {
    const sum = sums.get(definition) ?? noCounts();
    sums.set(definition, sum);
    for (const state of [...liveStates, ...finishedStates]) sum[state] += sign * (counts[state] ?? 0);
  }
}

function sumOf(all: readonly Counts[]): Counts {
  const sum = noCounts();
  for (const counts of all) for (const state of [...liveStates, ...finishedStates]) sum[state] += counts[state];
  return sum;
}

function matches(wanted: string | undefined, definition: string | undefined): boolean {
  return wanted === undefined || wanted === (definition ?? "-");
}

function mostFrequent(byDefinition: ReadonlyMap<string | undefined, Counts>): DefinitionCountJson[] {
  const total = ({ states }: DefinitionCountJson): number =>
    Object.values(states).reduce((sum, count) => sum + count, 0);
  return [...byDefinition]
    .map(([definition, states]) => ({ ...definedFields({ definition }), states }))
    .filter((each) => total(each) > 0)
    .sort((a, b) => total(b) - total(a))
    .slice(0, MAX_DEFINITIONS);
}
