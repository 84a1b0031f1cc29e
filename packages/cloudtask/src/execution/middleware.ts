import type { Delivery } from "../dependencies/delivery.ts";
import { type Settled, settle, unwrap } from "./settle.ts";

/**
 * Goes on with a delivery: to the middleware that was registered next, at last to the handler. It may be called once.
 *
 * @returns what the handler returned, once its dependencies were torn down, and so after the commit
 * @throws what made it fail: the handler, a dependency, a teardown, a payload that could not be read
 */
export type Next = () => Promise<unknown>;

/**
 * Stands around every run of a task: what it returns is the delivery's result, and what it throws fails the delivery as if
 * the handler had thrown it. Registered by `client.use()`.
 *
 * @example
 * ```ts
 * const timed: Middleware = async (delivery, next) => {
 *   const start = performance.now();
 *   try {
 *     return await next();
 *   } finally {
 *     metrics.histogram("task.ms", performance.now() - start, { task: delivery.task });
 *   }
 * };
 * ```
 */
export type Middleware = (delivery: Delivery, next: Next) => unknown;

/**
 * Runs a task within its middleware.
 *
 * @param layers - the middleware, the outermost first
 * @param delivery - as middleware sees it
 * @param run - runs the handler, and tears down
 * @returns what the outermost returned
 * @throws what it threw; what the run threw where the outermost cannot have seen it
 */
export function runWithin(layers: readonly Middleware[], delivery: Delivery, run: Next): Promise<unknown> {
  const [layer, ...inner] = layers;
  if (layer === undefined) return run();
  return new Passage(() => runWithin(inner, delivery, run), delivery).through(layer);
}

/** One middleware at work on one delivery. */
class Passage {
  readonly #run: Next;
  readonly #delivery: Delivery;
  #inside: Inside | undefined;
  #isOver = false;

  constructor(run: Next, delivery: Delivery) {
    this.#run = run;
    this.#delivery = delivery;
  }

  async through(layer: Middleware): Promise<unknown> {
    const outside = await settle(() => layer(this.#delivery, () => this.#enter()));
    this.#isOver = true;
    return unwrap(this.#inside === undefined ? outside : await decide(outside, this.#inside));
  }

  #enter(): Promise<unknown> {
    if (this.#inside !== undefined) throw this.#misuse("called next() twice, and a delivery is run once");
    if (this.#isOver) throw this.#misuse("called next() after it had returned; await what comes before that");
    this.#inside = new Inside(this.#run);
    return this.#inside.shown;
  }

  #misuse(what: string): TypeError {
    return new TypeError(`a middleware of client.use() ${what} (task definition "${this.#delivery.task}")`);
  }
}

/**
 * A run that the middleware did not wait for is waited for here: the delivery must not be answered while its handler runs,
 * nor as done where nobody saw it fail.
 */
async function decide(outside: Settled, inside: Inside): Promise<Settled> {
  const missed = inside.isMissed;
  const ended = await inside.settled;
  return missed && "value" in outside && "error" in ended ? ended : outside;
}

/** What a call of `next()` began. */
class Inside {
  readonly settled: Promise<Settled>;
  /** What the middleware gets of it. */
  readonly shown: Watched;
  #isOver = false;

  constructor(run: Next) {
    this.settled = settle(run);
    this.shown = new Watched((resolve, reject) => {
      void this.settled.then((settled) => {
        this.#isOver = true;
        if ("error" in settled) reject(settled.error);
        else resolve(settled.value);
      });
    });
    // Not looked at, a failure must not bring the process down; `decide()` sees to it.
    this.shown.catch(() => undefined);
    this.shown.isLookedAt = false;
  }

  /** Whether the middleware, having returned now, cannot know how it ends. */
  get isMissed(): boolean {
    return !this.#isOver || !this.shown.isLookedAt;
  }
}

/**
 * A promise that notes whether anyone looks at it. `await` and `Promise.prototype.then`, and so all that is made of them, ask a
 * promise for its `constructor`: whether it is one of their own, or which kind the next one shall be.
 */
class Watched extends Promise<unknown> {
  isLookedAt = false;
}

// A class body may hold no accessor of this name.
Object.defineProperty(Watched.prototype, "constructor", {
  get(this: Watched): PromiseConstructor {
    this.isLookedAt = true;
    return Promise;
  },
});
