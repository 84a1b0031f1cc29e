/** What had failed before a teardown; `undefined` where all went well so far. */
export type Failure = { readonly error: unknown } | undefined;

/** A created value and the way to tear it down. */
export interface Instance {
  readonly value: unknown;
  /** Throws where the teardown fails. A generator that rethrows the failure it was given has not failed. */
  readonly teardown: (failure: Failure) => Promise<void>;
}

/**
 * Turns what a factory returned into a value and its teardown.
 *
 * @param returned - a value, a promise, a generator or an async generator
 * @param owned - whether a disposable value is this instance's to dispose
 * @returns the value, awaited, with its teardown
 * @throws what the factory throws; TypeError for a generator that ends without a yield
 */
export async function instantiate(returned: unknown, owned: (value: unknown) => boolean): Promise<Instance> {
  if (isGenerator(returned)) return fromGenerator(returned);
  const value = await returned;
  return { value, teardown: async () => (owned(value) ? dispose(value) : undefined) };
}

type AnyGenerator = Generator<unknown, unknown, unknown> | AsyncGenerator<unknown, unknown, unknown>;

async function fromGenerator(generator: AnyGenerator): Promise<Instance> {
  const first = await generator.next();
  if (first.done) throw new TypeError("a dependency's generator ended without a yield: yield the value once");
  return { value: await yielded(generator, first.value), teardown: (failure) => resume(generator, failure) };
}

/** A sync generator may yield a promise; where that rejects, the generator is told, as at an `await`. */
async function yielded(generator: AnyGenerator, value: unknown): Promise<unknown> {
  try {
    return await value;
  } catch (error) {
    await rethrow(generator, { error });
    throw error;
  }
}

async function resume(generator: AnyGenerator, failure: Failure): Promise<void> {
  const last = await (failure === undefined ? generator.next() : rethrow(generator, failure));
  if (last.done) return;
  await generator.return(undefined);
  throw new TypeError("a dependency's generator yielded more than once: yield the value once");
}

async function rethrow(
  generator: AnyGenerator,
  { error }: { readonly error: unknown },
): Promise<IteratorResult<unknown>> {
  try {
    return await generator.throw(error);
  } catch (thrown) {
    if (thrown !== error) throw thrown;
    return { done: true, value: undefined };
  }
}

/**
 * Disposes a value, where it is disposable.
 *
 * @param value - anything
 * @throws what its method throws
 */
export async function dispose(value: unknown): Promise<void> {
  const method = methodOf(value, Symbol.asyncDispose) ?? methodOf(value, Symbol.dispose);
  await method?.call(value);
}

/** By its methods: a generator made by another realm, or compiled down, has no telling prototype. */
function isGenerator(value: unknown): value is AnyGenerator {
  return ["next", "throw", "return"].every((name) => methodOf(value, name) !== undefined);
}

/** Asked with `in` before it is read: some proxies, such as the cradle of a container, throw for what they do not know. */
function methodOf(value: unknown, name: string | symbol): ((this: unknown) => unknown) | undefined {
  const target = typeof value === "object" || typeof value === "function" ? value : null;
  if (target === null || !(name in target)) return undefined;
  const method: unknown = Reflect.get(target, name);
  return typeof method === "function" ? (method as (this: unknown) => unknown) : undefined;
}
