import type { HeaderReader } from "../worker/incoming-request.ts";

/** Headers by their names in lower case. */
export type HeadersByName = ReadonlyMap<string, string>;

/** Prepares headers for `DeliveryHeaders`. */
export function headersByName(...parts: readonly Readonly<Record<string, string>>[]): HeadersByName {
  const byName = new Map<string, string>();
  for (const headers of parts) {
    for (const name in headers) byName.set(name.toLowerCase(), trimmed(headers[name] ?? ""));
  }
  return byName;
}

/** HTTP removes spaces and tabs at the ends of a value: RFC 9110 §5.5. */
function trimmed(value: string): string {
  return /^[\t ]|[\t ]$/.test(value) ? value.replace(/^[\t ]+|[\t ]+$/g, "") : value;
}

/** The headers of a delivery. A `Headers` object would cost more than the run of the task. */
export class DeliveryHeaders implements HeaderReader {
  readonly #task: HeadersByName;
  readonly #attempt: HeadersByName;

  /**
   * @param task - the headers of the task
   * @param attempt - the headers that Cloud Tasks adds, which a task cannot set
   */
  constructor(task: HeadersByName, attempt: HeadersByName) {
    this.#task = task;
    this.#attempt = attempt;
  }

  get(name: string): string | null {
    const lower = name.toLowerCase();
    return this.#attempt.get(lower) ?? this.#task.get(lower) ?? null;
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  *[Symbol.iterator](): Generator<[string, string]> {
    yield* this.#task;
    yield* this.#attempt;
  }
}
