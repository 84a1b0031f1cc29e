import type { Queue, QueuedTask } from "cloudtask/admin";
import { isDeadLetterHeader } from "cloudtask/internal";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { collect } from "../output/collect.ts";
import { countText } from "../output/count-text.ts";
import { CallPace, LIST_RATE } from "../place/call-pace.ts";
import type { EmulatorApi } from "../place/emulator-api.ts";
import type { Place } from "../place/open-place.ts";
import { readStates } from "../queues/queue-problems.ts";
import type { Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { letterArgument } from "./letter-match.ts";

/** Tasks of a queue of Google Cloud that are checked. A dead-letter queue contains nothing but dead letters. */
const CHECKED_TASKS = 20;

interface SearchOptions {
  readonly terminal?: Pick<Terminal, "progress">;
  readonly signal?: AbortSignal;
}

/** Returns the ids of the queues that have dead letters. */
export async function letterQueues(place: Place, options: SearchOptions = {}): Promise<readonly string[]> {
  return place.emulator ? countedQueues(place, place.emulator) : checkedQueues(place, options);
}

/** States that no queue has dead letters, and what to do. */
export function noLettersText({ label, emulator }: Pick<Place, "label" | "emulator">): string {
  if (emulator) {
    return `no queue of ${label} has dead letters. A worker keeps discarded tasks only if its client, queue or definition sets \`deadLetter\``;
  }
  return `no dead letters among the first ${countText(CHECKED_TASKS, "task")} of each queue (${label}); to read a whole queue, pass its id`;
}

/** Returns the queue that a call names. @throws UsageError with the queues that have dead letters, if it names none */
export async function namedQueue(place: Place, flags: GivenFlags, options: SearchOptions): Promise<string> {
  const { queue } = letterArgument(flags);
  if (queue !== undefined) return queue;
  const found = await letterQueues(place, options);
  const known = found.length === 0 ? noLettersText(place) : `pass one of those with dead letters: ${found.join(", ")}`;
  throw new UsageError(`QUEUE is missing; ${known}`);
}

/** An emulator counts the dead letters of each queue. */
async function countedQueues(
  { project, location }: Pick<Place, "project" | "location">,
  emulator: EmulatorApi,
): Promise<readonly string[]> {
  const prefix = `projects/${project}/locations/${location}/`;
  const states = await readStates(emulator);
  return states.filter(({ name, deadLetters }) => deadLetters > 0 && name.startsWith(prefix)).map(({ id }) => id);
}

/** Cloud Tasks does not know which tasks are dead letters, so some tasks of each queue are read. */
async function checkedQueues({ admin }: Place, { terminal, signal }: SearchOptions): Promise<readonly string[]> {
  const queues = (await collect(admin.queues.list({ stats: true, signal }))).filter(canHaveLetters);
  const pace = new CallPace(Date.now, LIST_RATE);
  const found: string[] = [];
  try {
    for (const [index, { id, name }] of queues.entries()) {
      terminal?.progress(`${index} of ${queues.length} queues checked`);
      await pace.wait(signal);
      const tasks = await collect(admin.tasks.list({ queue: name, limit: CHECKED_TASKS, signal }));
      if (tasks.some(isLetter)) found.push(id);
    }
  } finally {
    terminal?.progress();
  }
  return found;
}

/** The number of tasks is an estimate, so a paused queue is checked anyway. */
function canHaveLetters({ state, stats }: Queue): boolean {
  return state !== "running" || stats?.tasksCount !== 0;
}

function isLetter({ request }: QueuedTask): boolean {
  return Object.keys(request.headers).some(isDeadLetterHeader);
}
