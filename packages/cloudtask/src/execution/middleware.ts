import type { Delivery } from "../dependencies/delivery.ts";
import { type Settled, settle, unwrap } from "./settle.ts";

/**
 * Continues a delivery with the next middleware, or with the handler after the last one. A middleware may call it once.
 *
 * @returns the handler's result, after its dependencies were torn down and therefore after the commit
 * @throws the error of the handler, of a dependency, of a teardown, or of the payload that could not be read
 *
 * @example
 * ```ts
 * const named = async (delivery: Delivery, next: Next) => {
 *   const result = await next();
 *   console.log(delivery.task, result);
 *   return result;
 * };
 * ```
 */
export type Next = () => Promise<unknown>;

/**
 * Wraps every run of a task. Its return value is the result of the delivery. An error that it throws fails the delivery, as
 * if the handler had thrown it. Register it with `client.use()`.
 *
 * Always await `next()`. If a middleware returns before the handler has finished, the worker waits for the handler, and an
 * error that the handler throws after that fails the delivery.
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
 * Runs a handler within middleware.
 *
 * @param layers - the middleware, outermost first
 * @param run - runs the handler and tears down its dependencies
 * @returns the result of the outermost middleware
 */
export function runWithin(layers: readonly Middleware[], delivery: Delivery, run: Next): Promise<unknown> {
  const [layer, ...inner] = layers;
  if (layer === undefined) return run();
  return runLayer(layer, delivery, () => runWithin(inner, delivery, run));
}

async function runLayer(layer: Middleware, delivery: Delivery, run: Next): Promise<unknown> {
  const call: { inner?: InnerRun; hasReturned: boolean } = { hasReturned: false };
  const next = (): Promise<unknown> => {
    if (call.inner !== undefined) throw misuse(delivery, "called next() twice; a delivery runs its task once");
    if (call.hasReturned)
      throw misuse(delivery, "called next() after it had returned; await all work before returning");
    call.inner = startInner(run);
    return call.inner.result;
  };
  const outer = await settle(() => layer(delivery, next));
  call.hasReturned = true;
  return unwrap(call.inner === undefined || call.inner.hasSettled ? outer : await awaitInner(outer, call.inner));
}

/** The run that `next()` began. */
interface InnerRun {
  readonly settled: Promise<Settled>;
  /** The promise that the middleware receives. */
  readonly result: Promise<unknown>;
  hasSettled: boolean;
}

function startInner(run: Next): InnerRun {
  const settled = settle(run);
  const inner: InnerRun = { settled, result: settled.then(unwrap), hasSettled: false };
  void settled.then(() => {
    inner.hasSettled = true;
  });
  // A middleware that ignores this promise must not cause an unhandled rejection: `awaitInner()` reports the error.
  inner.result.catch(() => undefined);
  return inner;
}

/** The middleware returned too early: a delivery must not be answered while its handler runs, or as done if it then fails. */
async function awaitInner(outer: Settled, inner: InnerRun): Promise<Settled> {
  const late = await inner.settled;
  return "value" in outer && "error" in late ? late : outer;
}

function misuse(delivery: Delivery, problem: string): TypeError {
  return new TypeError(`a middleware of client.use() ${problem} (task definition "${delivery.task}")`);
}
