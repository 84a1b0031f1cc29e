import type { DeadLetter, DeadLetterMatch } from "cloudtask/admin";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { UsageError } from "../usage-error.ts";

type Reason = Extract<DeadLetterMatch["reason"], string>;

const REASONS: readonly Reason[] = ["max-attempts", "non-retriable", "invalid-payload", "unknown-task"];

/** The names of the options that select dead letters. */
export const MATCH_OPTIONS = ["definition", "reason", "message", "home-queue", "id"] as const;

/** Reads the options that select dead letters, and the id in `QUEUE/ID`. Without any, all match. @throws UsageError for an unknown reason */
export function letterMatch(flags: GivenFlags): DeadLetterMatch {
  const list = (name: string): readonly string[] | undefined => (flags.has(name) ? flags.all(name) : undefined);
  const { id } = letterArgument(flags);
  return {
    task: list("definition"),
    reason: flags.has("reason") ? flags.all("reason").map(reasonOf) : undefined,
    message: flags.text("message"),
    homeQueue: list("home-queue"),
    names: id === undefined ? list("id") : [id, ...flags.all("id")],
  };
}

/** Reads the argument that names a queue or, as `QUEUE/ID`, one of its letters. */
export function letterArgument({ positionals }: GivenFlags): {
  readonly queue?: string | undefined;
  readonly id?: string | undefined;
} {
  const [text] = positionals;
  const [, queue = text, id] = /^(.*\/queues\/[^/]+|[^/]+)\/(?:tasks\/)?([^/]+)$/.exec(text ?? "") ?? [];
  return { queue, id };
}

/** Whether a selection names something. */
export function isSelective(match: DeadLetterMatch): boolean {
  return Object.values(match).some((value) => value !== undefined);
}

/** Formats the id of a letter as `QUEUE/ID`. */
export function letterName({ queue, id }: DeadLetter): string {
  return `${queue}/${id}`;
}

function reasonOf(text: string): Reason {
  const reason = REASONS.find((each) => each === text);
  if (reason) return reason;
  throw new UsageError(`--reason: expected ${REASONS.join(", ")}; received ${JSON.stringify(text)}`);
}
