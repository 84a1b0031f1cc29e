import type { EngineTask } from "../engine/engine-state.ts";
import { taskName } from "../engine/engine-state.ts";
import type { History } from "../history/history.ts";
import { deadLetterFacts } from "./dead-letters/dead-letter-facts.ts";
import type { InspectParts } from "./inspect-parts.ts";

/** The finished tasks that were created again since the start of the emulator. Their work is that of their copies now. */
export class ReplacedTasks {
  readonly #sequences = new Set<number>();

  has(sequence: number): boolean {
    return this.#sequences.has(sequence);
  }

  add(sequence: number): void {
    this.#sequences.add(sequence);
  }

  delete(sequence: number): void {
    this.#sequences.delete(sequence);
  }

  /** Forgets tasks that have left the history. */
  forgetOld({ tasks }: Pick<History, "tasks">): void {
    for (const sequence of this.#sequences) if (!tasks.get(sequence)) this.#sequences.delete(sequence);
  }

  /** Whether no task was created again. */
  get isEmpty(): boolean {
    return this.#sequences.size === 0;
  }
}

type Parts = Pick<InspectParts, "engine" | "history" | "secretNames" | "replaced">;

/** Marks the task of a dead letter, which a redrive creates again, as replaced. */
export function markOriginal(parts: Parts, deadLetter: EngineTask): void {
  const { homeQueue, originalId } = deadLetterFacts(parts, deadLetter) ?? {};
  if (homeQueue === undefined || originalId === undefined) return;
  const original = parts.history.ofTask(taskName(homeQueue, originalId)).at(-1);
  if (original?.discarded) parts.replaced.add(original.sequence);
}
