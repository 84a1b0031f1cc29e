import type { GroupCommit } from "./group-commit.ts";
import type { Statements } from "./statements.ts";

/** How long, in milliseconds, a turn of the event loop may be held up by rows that nobody waits for. */
const TURN_MS = 5;

/**
 * Deletes the rows of areas that were dropped, a few in each turn of the event loop: a million at once would hold everything
 * up for seconds. What is left when the process ends is dropped still, so the next one goes on.
 */
export class Sweeper {
  readonly #statements: Statements;
  readonly #commits: GroupCommit;
  readonly #areas: number[];
  #next: NodeJS.Immediate | undefined;

  /** @param areas - those that were dropped before */
  constructor(statements: Statements, commits: GroupCommit, areas: readonly number[]) {
    this.#statements = statements;
    this.#commits = commits;
    this.#areas = [...areas];
    this.#arm();
  }

  /** Drops an area, as a part of the change that is being made. */
  drop(area: number): void {
    this.#statements.dropArea.run([area]);
    this.#areas.push(area);
    this.#arm();
  }

  /** Leaves the rest to the next process. */
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
      const end = performance.now() + TURN_MS;
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
