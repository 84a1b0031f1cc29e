import type { HeaderReader } from "../worker/incoming-request.ts";

/** Headers by their names in lower case. */
export type HeadersByName = ReadonlyMap<string, string>;

/** Prepares headers for `DeliveryHeaders`. */
export function headersByName(headers: Readonly<Record<string, string>>): HeadersByName {
  const byName = new Map<string, string>();
  for (const name in headers) byName.set(name.toLowerCase(), trimmed(headers[name] ?? ""));
  return byName;
}

/** HTTP removes spaces and tabs at the ends of a value: RFC 9110 §5.5. */
function trimmed(value: string): string {
  return /^[\t ]|[\t ]$/.test(value) ? value.replace(/^[\t ]+|[\t ]+$/g, "") : value;
}

const SUFFIXES = [
  "QueueName",
  "TaskName",
  "TaskRetryCount",
  "TaskExecutionCount",
  "TaskETA",
  "TaskPreviousResponse",
  "TaskRetryReason",
] as const;

/** The names of the headers that Cloud Tasks adds, by their names in lower case. */
const ATTEMPT_NAMES: ReadonlyMap<string, string> = new Map(
  ["User-Agent", ...["X-CloudTasks-", "X-AppEngine-"].flatMap((prefix) => SUFFIXES.map((each) => prefix + each))].map(
    (name) => [name.toLowerCase(), name],
  ),
);

/** The headers of a delivery. A `Headers` object would cost more than the run of the task. */
export class DeliveryHeaders implements HeaderReader {
  readonly #task: HeadersByName;
  readonly #attempt: Readonly<Record<string, string>>;

  /**
   * @param task - the headers of the task
   * @param attempt - the headers that Cloud Tasks adds, which a task cannot set
   */
  constructor(task: HeadersByName, attempt: Readonly<Record<string, string>>) {
    this.#task = task;
    this.#attempt = attempt;
  }

  get(name: string): string | null {
    const lower = name.toLowerCase();
    const added = ATTEMPT_NAMES.get(lower);
    const value = added === undefined ? this.#task.get(lower) : this.#attempt[added];
    return value ?? null;
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  *[Symbol.iterator](): Generator<[string, string]> {
    yield* this.#task;
    yield* headersByName(this.#attempt);
  }
}
