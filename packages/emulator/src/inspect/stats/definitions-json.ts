import { liveStates } from "../../engine/task-counts.ts";
import type { DefinitionHistory } from "../../history/stats/definition-stats.ts";
import { StatsBucket } from "../../history/stats/stats-bucket.ts";
import { finishedStates } from "../../history/tasks/finished-counts.ts";
import { RpcError } from "../../service/rpc-error.ts";
import { definedFields } from "../defined-fields.ts";
import type { InspectParts } from "../inspect-parts.ts";
import { rfc3339 } from "../rfc3339.ts";
import { Slices } from "../slices.ts";
import { noCounts, refreshQueues } from "../tasks/task-counts-json.ts";
import type { TaskState } from "../types/common-types.ts";
import type { DefinitionJson, DefinitionsJson } from "../types/definition-types.ts";
import { lastPayloads } from "./last-payloads.ts";
import { bucketJson } from "./stats-json.ts";

const HOUR_MINUTES = 60;

/** The tasks of a definition. */
interface DefinitionCounts {
  /** Without the dead letters. */
  readonly states: Record<TaskState, number>;
  deadLetters: number;
}

type Counts = ReadonlyMap<string, DefinitionCounts>;

/** Answers GET /inspect/definitions. */
export async function definitionsJson(parts: InspectParts): Promise<DefinitionsJson> {
  const counts = await countsOf(parts);
  const all = [...parts.stats.definitions.all.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const slices = new Slices();
  const definitions: DefinitionJson[] = [];
  for (const history of all) {
    definitions.push(definitionJson(parts, history, counts));
    if (slices.isOver) await slices.next();
  }
  return { definitions };
}

/** Answers GET /inspect/definitions/{name}. */
export async function oneDefinitionJson(parts: InspectParts, name: string): Promise<DefinitionJson> {
  const history = parts.stats.definitions.all.get(name);
  if (history) return definitionJson(parts, history, await countsOf(parts));
  throw new RpcError(
    "NOT_FOUND",
    `No task of the definition ${JSON.stringify(name)} was seen since the emulator started.`,
  );
}

async function countsOf({ engine, history, clock }: InspectParts): Promise<Counts> {
  const queues = [...engine.queues.values()];
  await refreshQueues(queues, clock.now(), new Slices());
  const sums = new Map<string, DefinitionCounts>();
  for (const { counts } of queues) addCounts(sums, counts.byDefinition, 1);
  for (const { byDefinition } of history.tasks.counts.queues.values()) addCounts(sums, byDefinition, 1);
  for (const { counts } of queues) {
    addCounts(sums, counts.deadByDefinition, -1);
    for (const [name, dead] of counts.deadByDefinition) {
      const sum = name === undefined ? undefined : sums.get(name);
      if (sum) sum.deadLetters += liveStates.reduce((total, state) => total + dead[state], 0);
    }
  }
  return sums;
}

function addCounts(
  sums: Map<string, DefinitionCounts>,
  byDefinition: ReadonlyMap<string | undefined, Readonly<Partial<Record<TaskState, number>>>>,
  sign: 1 | -1,
): void {
  for (const [name, counts] of byDefinition) {
    if (name === undefined) continue;
    const sum = sums.get(name) ?? { states: noCounts(), deadLetters: 0 };
    sums.set(name, sum);
    for (const state of [...liveStates, ...finishedStates]) sum.states[state] += sign * (counts[state] ?? 0);
  }
}

function definitionJson(parts: InspectParts, history: DefinitionHistory, counts: Counts): DefinitionJson {
  const now = parts.clock.now();
  const minutes = history.series.read(60_000, HOUR_MINUTES, now);
  const sum = new StatsBucket();
  for (const { bucket } of minutes) sum.addAll(bucket);
  const attempts = sum.succeeded + sum.failed + sum.discarded;
  const lastHour = bucketJson(minutes[0]?.start ?? now, sum);
  const { duration, lateness } = lastHour;
  return {
    name: history.name,
    lastTime: rfc3339(history.lastSeenAt),
    queues: [...history.queues],
    counts: counts.get(history.name)?.states ?? noCounts(),
    deadLetters: counts.get(history.name)?.deadLetters ?? 0,
    buckets: minutes.map(({ start, bucket }) => bucketJson(start, bucket)),
    lastHour,
    attemptsPerMinute: attempts / minutesSince(history.firstSeenAt, now),
    failureRate: attempts === 0 ? 0 : (sum.failed + sum.discarded) / attempts,
    ...definedFields({ duration, lateness }),
    lastPayloads: lastPayloads(parts, history),
  };
}

function minutesSince(time: number, now: number): number {
  return Math.min(HOUR_MINUTES, Math.max(1, (now - time) / 60_000));
}
