import { printableText } from "cloudtask/internal";
import type { Run } from "../command-line/command-spec.ts";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { jsonText } from "../output/json.ts";
import type { EmulatorApi } from "../place/emulator-api.ts";
import { invalidOption } from "../place/emulator-failure.ts";
import { type EmulatorPlace, openEmulatorPlace, type Place } from "../place/open-place.ts";
import { readStates } from "../queues/queue-problems.ts";
import { taskNameOf } from "../tasks/task-argument.ts";
import { positiveInteger } from "../values/whole-number.ts";
import { attemptText } from "./attempt-text.ts";
import type { AttemptJson, AttemptsJson } from "./inspect-json.ts";

const DEFAULT_LIMIT = 100;
const MAX_PAGE = 1_000;

/** The message for Google Cloud. */
export const ONLY_EMULATOR = {
  reason: "only an emulator keeps attempts",
  instead:
    "In Google Cloud, cloudtask tasks list QUEUE shows the last answer to each waiting task. To log all attempts from now on, set --log-sampling-ratio 1 with cloudtask queues update, and read: gcloud logging read 'resource.type=\"cloud_tasks_queue\"'",
};

/** `cloudtask attempts`. */
export const listAttempts: Run = async (flags, context) => {
  const limit = positiveInteger(flags, "limit") ?? DEFAULT_LIMIT;
  const place = await openEmulatorPlace(flags, context, ONLY_EMULATOR);
  // One more shows whether there are more.
  const found = await newestAttempts(place.emulator, selectedAttempts(flags, place), limit + 1).catch(
    (error: unknown) => {
      throw invalidOption(error, flags);
    },
  );
  const attempts = found.slice(-limit);
  const { terminal } = context;
  if (flags.has("json")) terminal.out(jsonText(attempts));
  else for (const attempt of attempts) terminal.out(attemptText(attempt, terminal));
  if (attempts.length === 0) terminal.err(await noAttempts(flags, place));
  if (found.length > limit) terminal.err(`there are older attempts; pass --limit to see more than ${limit}`);
  return 0;
};

/** Reads the newest attempts, and returns them with the newest last. */
export async function newestAttempts(
  emulator: EmulatorApi,
  { query, includes }: AttemptSelection,
  limit: number,
): Promise<readonly AttemptJson[]> {
  const found: AttemptJson[] = [];
  let cursor: string | undefined;
  do {
    const size = String(Math.min(limit, MAX_PAGE));
    const page = await emulator.get<AttemptsJson>("/inspect/attempts", { ...query, limit: size, cursor });
    found.push(...page.attempts.filter(includes));
    cursor = page.nextCursor;
  } while (cursor !== undefined && found.length < limit);
  return found.slice(0, limit).reverse();
}

/** Returns the message for an empty list. A queue with a misspelled name has no attempts either. */
export async function noAttempts(
  flags: GivenFlags,
  { emulator }: EmulatorPlace,
  message = "no attempts",
): Promise<string> {
  const queue = flags.text("queue");
  if (queue === undefined) return message;
  const queues = await readStates(emulator);
  if (queues.some(({ id, name }) => id === queue || name === queue)) return message;
  const existing = queues.map(({ id }) => id).join(", ") || "no queue";
  return printableText(`${message}; the emulator has no queue ${queue}, it has ${existing}`);
}

/** The attempts that a call selects. */
export interface AttemptSelection {
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Checks the parts of the selection that the emulator does not. */
  readonly includes: (attempt: Pick<AttemptJson, "task">) => boolean;
}

/** Returns the attempts that the options select. Without `--project` and `--location`, those of all projects. */
export function selectedAttempts(flags: GivenFlags, place: Place): AttemptSelection {
  const names = ["queue", "definition", "status", "outcome", "text"];
  const query = Object.fromEntries(names.map((name) => [name, flags.text(name)]));
  const task = flags.text("task");
  const prefix = givenPrefix(flags, place);
  return {
    // An id alone could be in several queues.
    query: { ...query, task: task === undefined ? undefined : taskNameOf(task, place) },
    includes: (attempt) => attempt.task.startsWith(prefix),
  };
}

/** Returns the beginning of the names in the place that the options name; empty without `--project` and `--location`. */
export function givenPrefix(flags: GivenFlags, { project, location }: Place): string {
  return flags.has("project") || flags.has("location") ? `projects/${project}/locations/${location}/` : "";
}
