import type { Queue } from "cloudtask/admin";
import type { Run } from "../command-line/command-spec.ts";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { collect } from "../output/collect.ts";
import { jsonText } from "../output/json.ts";
import { rateText } from "../output/rate-text.ts";
import { type Column, fields, table } from "../output/table.ts";
import { ageText, durationText } from "../output/times.ts";
import { openPlace, type Place } from "../place/open-place.ts";
import type { Terminal } from "../terminal.ts";
import { cloudBlockers } from "./cloud-blockers.ts";
import { cloudProblemLines } from "./cloud-problems.ts";
import { problemLines, type QueueState, readStates } from "./queue-problems.ts";

const columns: readonly Column<Queue>[] = [
  { title: "QUEUE", text: ({ id }) => id, isName: true },
  { title: "STATE", text: ({ state }) => state },
  { title: "TASKS", text: ({ stats }) => String(stats?.tasksCount ?? "?"), isNumber: true },
  { title: "OLDEST", text: ({ stats }) => ageText(stats?.oldestArrival), isNumber: true },
  { title: "RUNNING", text: ({ stats }) => String(stats?.concurrentDispatches ?? "?"), isNumber: true },
  { title: "RATE", text: ({ rate }) => rateText(rate), isNumber: true },
  { title: "CONCURRENCY", text: ({ concurrency }) => String(concurrency), isNumber: true },
  { title: "ATTEMPTS", text: ({ retry }) => attemptsText(retry.maxAttempts), isNumber: true },
];

/** `cloudtask queues list`. */
export const listQueues: Run = async (flags, context) => {
  const place = await openPlace(flags, context);
  const queues = await collect(place.admin.queues.list({ stats: true }));
  const list = place.emulator ? await readStates(place.emulator) : [];
  const states = new Map(list.map((state) => [state.name, state]));
  const { terminal } = context;
  if (flags.has("json")) {
    terminal.out(jsonText(queues.map((queue) => withState(queue, states.get(queue.name)))));
  } else if (queues.length > 0) {
    terminal.out(table(queues, columns, terminal));
    printProblems(
      queues.flatMap((queue) => problemsOf(queue, states.get(queue.name), flags)),
      terminal,
    );
  } else terminal.err(noQueuesText(place, list));
  return 0;
};

/** A wrong project or location is a common mistake, so the message names those that have queues. */
function noQueuesText({ label, project, location }: Place, states: readonly QueueState[]): string {
  const message = `${label} has no queues in projects/${project}/locations/${location}`;
  const others = new Set(states.map(({ name }) => name.replace(/\/queues\/[^/]+$/, "")));
  return others.size === 0 ? message : `${message}; its queues are in ${[...others].join(", ")}`;
}

/** `cloudtask queues describe`. */
export const describeQueue: Run = async (flags, context) => {
  const place = await openPlace(flags, context);
  const queue = await place.admin.queues.get(flags.positionals[0] ?? "");
  const state = await place.emulator?.get<QueueState>(`/inspect/queues/${queue.name}`);
  printQueue(withState(queue, state), flags.has("json"), context.terminal);
  if (!flags.has("json")) printProblems(problemsOf(queue, state, flags), context.terminal);
  return 0;
};

function withState(queue: Queue, state: QueueState | undefined): Queue {
  if (state === undefined) return Object.assign({}, queue, { blockers: cloudBlockers(queue, Date.now()) });
  const { deadLetters, blockers, failing } = state;
  return Object.assign({}, queue, { deadLetters, blockers, ...(failing && { failing }) });
}

/** Only an emulator has a state. */
function problemsOf(queue: Queue, state: QueueState | undefined, flags: GivenFlags): readonly string[] {
  return state === undefined ? cloudProblemLines(queue, flags) : problemLines(state, flags);
}

function printProblems(lines: readonly string[], terminal: Terminal): void {
  if (lines.length > 0) terminal.out(["", ...lines].join("\n"));
}

/** Prints all settings of a queue. */
export function printQueue(queue: Queue, isJson: boolean, terminal: Terminal): void {
  terminal.out(isJson ? jsonText(queue) : fields(linesOf(queue), terminal));
}

function linesOf(queue: Queue): readonly (readonly [string, string | undefined])[] {
  const { retry, stats, taskTtl, target, routing } = queue;
  return [
    ["name", queue.name],
    ["state", queue.state],
    ["rate", `${rateText(queue.rate)}, ${queue.burst} at once after an idle time`],
    ["concurrency", String(queue.concurrency)],
    ["retry.maxAttempts", attemptsText(retry.maxAttempts)],
    [
      "retry.maxRetryDuration",
      retry.maxRetryDuration === undefined ? "unlimited" : durationText(retry.maxRetryDuration),
    ],
    ["retry.minBackoff", durationText(retry.minBackoff)],
    ["retry.maxBackoff", durationText(retry.maxBackoff)],
    ["retry.maxDoublings", String(retry.maxDoublings)],
    ["taskTtl", taskTtl === undefined ? undefined : durationText(taskTtl)],
    ["logging", String(queue.logging)],
    ["target", target && JSON.stringify(target)],
    ["routing", routing && JSON.stringify(routing)],
    ["purged", queue.purgedAt?.toISOString()],
    ["tasks", stats && String(stats.tasksCount)],
    ["oldest task", stats?.oldestArrival?.toISOString()],
    ["attempts in the last minute", stats && String(stats.executedLastMinute)],
    ["attempts in progress", stats && String(stats.concurrentDispatches)],
    ["current rate", stats && rateText(stats.effectiveRate)],
  ];
}

function attemptsText(attempts: number): string {
  return attempts === -1 ? "unlimited" : String(attempts);
}
