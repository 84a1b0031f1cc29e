/**
 * A value, or the promise of one. Most calls have nothing to wait for, and promises would take as long as the rest of a
 * call.
 */
export type MaybePromise<T> = T | Promise<T>;

/** Converts a value, now or when its promise resolves. */
export function mapValue<T, Result>(value: MaybePromise<T>, convert: (value: T) => Result): MaybePromise<Result> {
  return value instanceof Promise ? value.then(convert) : convert(value);
}
