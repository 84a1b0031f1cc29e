import type { GroupCommit } from "./group-commit.ts";
import type { Statements } from "./statements.ts";
import type { PurgedNames } from "./store.ts";

/** Maximum time to delete rows within one turn of the event loop, in milliseconds. Writing the changed pages takes longer. */
const MAX_TURN_MS = 2;

/** Milliseconds between two turns while calls wait for the disk. */
const PAUSE_MS = 20;

/** An area whose rows must be deleted. */
interface DroppedArea {
  readonly area: number;
  /** The names of the tasks that move to an area of tombstones; undefined if none do. */
  names: (PurgedNames & { readonly tombstones: number }) | undefined;
}

/** The columns of `dropped` when read. */
export type DroppedRow = readonly [area: number, tombstones: number | null, reusableAt: number, generatedAfter: number];

/** Reads a dropped area from its row. */
export function droppedArea([area, tombstones, reusableAt, generatedAfter]: DroppedRow): DroppedArea {
  return { area, names: tombstones === null ? undefined : { tombstones, reusableAt, generatedAfter } };
}

/**
 * Deletes the rows of dropped areas, a few in each turn of the event loop, and fewer while calls wait for the disk. Deleting a
 * million rows at once would block the emulator for seconds. If the process ends before, the next one continues.
 */
export class Sweeper {
  readonly #statements: Statements;
  readonly #commits: GroupCommit;
  readonly #areas: DroppedArea[];
  #next: NodeJS.Immediate | undefined;
  #pause: NodeJS.Timeout | undefined;
  #lastTurnAt = Number.NEGATIVE_INFINITY;

  /** @param areas - areas that were dropped earlier and still have rows */
  constructor(statements: Statements, commits: GroupCommit, areas: readonly DroppedArea[]) {
    this.#statements = statements;
    this.#commits = commits;
    this.#areas = [...areas];
    this.#arm();
  }

  /** Drops an area. Must be called within a change of the store. */
  drop(dropped: DroppedArea): void {
    const { area, names } = dropped;
    const { tombstones = null, reusableAt = null, generatedAfter = null } = names ?? {};
    this.#statements.dropArea.run([area, tombstones, reusableAt, generatedAfter]);
    this.#areas.push(dropped);
    this.#arm();
  }

  /** Drops an area of tombstones. Names that would move there are dropped too. */
  dropTombstones(area: number): void {
    this.#statements.dropNames.run([area]);
    for (const dropped of this.#areas) if (dropped.names?.tombstones === area) dropped.names = undefined;
    this.drop({ area, names: undefined });
  }

  /** Whether names of purged tasks still have to move to an area. */
  movesNamesTo(area: number): boolean {
    return this.#areas.some(({ names }) => names?.tombstones === area);
  }

  /** Stops deleting. The next process deletes the remaining rows. */
  stop(): void {
    clearImmediate(this.#next);
    clearTimeout(this.#pause);
    this.#areas.length = 0;
  }

  #arm(): void {
    if (this.#areas.length > 0) this.#next ??= setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#next = undefined;
    const now = performance.now();
    if (this.#commits.isAwaited && now < this.#lastTurnAt + PAUSE_MS) {
      clearTimeout(this.#pause);
      this.#pause = setTimeout(() => this.#arm(), PAUSE_MS);
      return;
    }
    this.#lastTurnAt = now;
    let hasFailed = true;
    this.#commits.change(() => {
      while (this.#areas.length > 0 && performance.now() < now + MAX_TURN_MS) this.#sweep();
      hasFailed = false;
    });
    if (hasFailed) {
      this.stop();
      return;
    }
    // Otherwise the changes of several turns are one transaction, for which a call may have to wait.
    this.#commits.endSoon();
    this.#arm();
  }

  #sweep(): void {
    const [dropped] = this.#areas;
    if (!dropped) return;
    const { area, names } = dropped;
    const { sweepNames, sweepRequests, sweepTasks, sweepTombstones, forgetArea } = this.#statements;
    if (names) sweepNames.run([area, names.tombstones, names.reusableAt, names.generatedAfter]);
    for (const statement of [sweepTasks, sweepRequests, sweepTombstones]) {
      if (statement.run([area]).changes > 0) return;
    }
    forgetArea.run([area]);
    this.#areas.shift();
  }
}
