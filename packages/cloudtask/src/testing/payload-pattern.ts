/** An asymmetric matcher of a test runner, such as `expect.any(String)`. */
interface AsymmetricMatcher {
  asymmetricMatch(other: unknown): boolean;
}

/**
 * What a payload is compared with: any part of it, at any depth, and asymmetric matchers such as `expect.any(String)` wherever a
 * value stands. Lists are as long as the payload's.
 */
export type PayloadPattern<Payload> =
  | AsymmetricMatcher
  | (Payload extends object ? { readonly [Key in keyof Payload]?: PayloadPattern<Payload[Key]> } : Payload);

/** How a test runner compares two values. */
export type Equals = (one: unknown, other: unknown) => boolean;

/**
 * @param pattern - what is expected
 * @param payload - what there is
 * @param equals - compares what is neither a plain object nor a list
 * @returns whether it fits
 */
export function fits(pattern: unknown, payload: unknown, equals: Equals): boolean {
  if (isAsymmetric(pattern)) return pattern.asymmetricMatch(payload);
  if (Array.isArray(pattern)) {
    if (!Array.isArray(payload) || payload.length !== pattern.length) return false;
    // Of a list with holes, `every()` would leave these out.
    return payload.every((each, index) => fits(pattern[index], each, equals));
  }
  if (!isPlain(pattern)) return equals(asItTravels(pattern, payload), payload);
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) return false;
  // What every object inherits is no part of a payload.
  const own: ReadonlyMap<string, unknown> = new Map(Object.entries(payload));
  return Object.entries(pattern).every(([key, each]) => fits(each, own.get(key), equals));
}

/** JSON turned the payload's Date into a string; the test may say it as the code under test did. */
function asItTravels(expected: unknown, payload: unknown): unknown {
  return expected instanceof Date && typeof payload === "string" ? expected.toJSON() : expected;
}

/** @returns whether a value is an asymmetric matcher of a test runner */
export function isAsymmetric(value: unknown): value is AsymmetricMatcher {
  return typeof (value as Partial<AsymmetricMatcher> | null | undefined)?.asymmetricMatch === "function";
}

/** @returns whether a value is an object literal, also of another realm: the tests of Jest have one of their own */
export function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
