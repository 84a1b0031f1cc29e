import type { TaskRecord } from "../engine/records.ts";
import { taskCells } from "./rows.ts";
import type { Statements } from "./statements.ts";

/** The number of areas whose keys JavaScript can calculate without loss. */
const MAX_EXACT_AREA = 2 ** 13;

interface Update {
  readonly area: number;
  readonly task: TaskRecord;
}

/**
 * Changes of tasks that are written together when their transaction ends. A task that starts and succeeds within a transaction is
 * only deleted, and all deletions are two statements.
 */
export class PendingChanges {
  readonly #statements: Statements;
  readonly #updates = new Map<number, Update>();
  /** The keys of deleted tasks by sequence, as in the database. */
  readonly #deleted = new Map<number, string>();

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** Checks whether a task, given by its sequence, is to be deleted. */
  isDeleted(sequence: number): boolean {
    return this.#deleted.has(sequence);
  }

  update(area: number, task: TaskRecord): void {
    if (!this.#deleted.has(task.sequence)) this.#updates.set(task.sequence, { area, task });
  }

  delete(area: number, sequence: number): void {
    this.#updates.delete(sequence);
    this.#deleted.set(sequence, keyOf(area, sequence));
  }

  /** Writes the changes. Must be called within a change of the store. */
  write(): void {
    for (const { area, task } of this.#updates.values()) this.#statements.updateTask.run([area, ...taskCells(task)]);
    this.#updates.clear();
    if (this.#deleted.size === 0) return;
    const keys = [`[${[...this.#deleted.values()].join(",")}]`];
    this.#deleted.clear();
    this.#statements.deleteTasks.run(keys);
    this.#statements.deleteRequests.run(keys);
  }
}

function keyOf(area: number, sequence: number): string {
  if (area < MAX_EXACT_AREA) return String(area * 2 ** 40 + sequence);
  return String((BigInt(area) << 40n) | BigInt(sequence));
}
