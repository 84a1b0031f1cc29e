import type { GroupCommit } from "./group-commit.ts";
import type { Statements } from "./statements.ts";

/** Maximum time to delete rows within one turn of the event loop, in milliseconds. */
const MAX_TURN_MS = 5;

/**
 * Deletes the rows of dropped areas, a few in each turn of the event loop. Deleting a million rows at once would block the
 * emulator for seconds. If the process ends before, the next one continues.
 */
export class Sweeper {
  readonly #statements: Statements;
  readonly #commits: GroupCommit;
  readonly #areas: number[];
  #next: NodeJS.Immediate | undefined;

  /** @param areas - areas that were dropped earlier and still have rows */
  constructor(statements: Statements, commits: GroupCommit, areas: readonly number[]) {
    this.#statements = statements;
    this.#commits = commits;
    this.#areas = [...areas];
    this.#arm();
  }

  /** Drops an area. Must be called within a change of the store. */
  drop(area: number): void {
    this.#statements.dropArea.run([area]);
    this.#areas.push(area);
    this.#arm();
  }

  /** Stops deleting. The next process deletes the remaining rows. */
  stop(): void {
    clearImmediate(this.#next);
    this.#areas.length = 0;
  }

  #arm(): void {
    if (this.#areas.length > 0) this.#next ??= setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#next = undefined;
    let hasFailed = true;
    this.#commits.change(() => {
      const end = performance.now() + MAX_TURN_MS;
      while (this.#areas.length > 0 && performance.now() < end) this.#sweep();
      hasFailed = false;
    });
    if (hasFailed) this.stop();
    else this.#arm();
  }

  #sweep(): void {
    const [area] = this.#areas;
    const { sweepRequests, sweepTasks, sweepTombstones, forgetArea } = this.#statements;
    for (const statement of [sweepRequests, sweepTasks, sweepTombstones]) {
      if (statement.run([area]).changes > 0) return;
    }
    forgetArea.run([area]);
    this.#areas.shift();
  }
}
