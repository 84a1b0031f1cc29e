/** How many requests to an origin may be young at a time: the burst of a queue with the default settings is never held up. */
const MOST_YOUNG = 100;

/** A request that has no answer after this time is no longer young. */
const YOUNG_MS = 100;

interface Line {
  young: number;
  readonly waiting: (() => void)[];
}

/**
 * Spreads a burst of requests to one origin over few connections: a worker that answers in a millisecond gets a thousand tasks
 * over a hundred connections, one after the other, rather than over a thousand that all have to be opened.
 *
 * It limits how many requests are young, never how many there are: one that is not answered soon gives its turn to the next.
 * So a target that is slow or hangs holds nothing up for long, and attempts run side by side up to `maxConcurrentDispatches`.
 */
export class Turns {
  readonly #lines = new Map<string, Line>();

  /**
   * @param origin - where the request goes
   * @param request - called when it is its turn
   * @returns what it returns, or throws
   */
  async take<T>(origin: string, request: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(origin) ?? { young: 0, waiting: [] };
    this.#lines.set(origin, line);
    if (line.young < MOST_YOUNG) line.young += 1;
    else await new Promise<void>((resolve) => line.waiting.push(resolve));
    let isYoung = true;
    const age = (): void => {
      if (isYoung) this.#passOn(origin, line);
      isYoung = false;
    };
    const timer = setTimeout(age, YOUNG_MS);
    try {
      return await request();
    } finally {
      clearTimeout(timer);
      age();
    }
  }

  #passOn(origin: string, line: Line): void {
    const next = line.waiting.shift();
    if (next) {
      next();
      return;
    }
    line.young -= 1;
    if (line.young === 0) this.#lines.delete(origin);
  }
}
