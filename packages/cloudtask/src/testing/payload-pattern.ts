/**
 * An asymmetric matcher of a test runner, such as `expect.any(String)`.
 *
 * @example
 * ```ts
 * const anyEmail: AsymmetricMatcher = { asymmetricMatch: (other) => /@/.test(String(other)) };
 * expect(tasks).toHavePushed(sendWelcomeEmail, { email: anyEmail });
 * ```
 */
export interface AsymmetricMatcher {
  asymmetricMatch(other: unknown): boolean;
}

/**
 * A pattern for a payload. It may omit properties at any depth, and may contain asymmetric matchers such as `expect.any(String)` in
 * place of any value. Arrays must have the same length as in the payload.
 *
 * @example
 * ```ts
 * const pattern: PayloadPattern<{ id: number; lines: { sku: string }[] }> = { lines: [{ sku: "a-1" }] };
 * ```
 */
export type PayloadPattern<Payload> =
  | AsymmetricMatcher
  | (Payload extends object ? { readonly [Key in keyof Payload]?: PayloadPattern<Payload[Key]> } : Payload);

/** The equality function of a test runner. */
export type Equals = (a: unknown, b: unknown) => boolean;

/**
 * Checks whether a payload matches a pattern.
 *
 * @param equals - compares values that are neither plain objects nor arrays
 */
export function matchesPattern(pattern: unknown, payload: unknown, equals: Equals): boolean {
  if (isAsymmetricMatcher(pattern)) return pattern.asymmetricMatch(payload);
  if (Array.isArray(pattern)) {
    if (!Array.isArray(payload) || payload.length !== pattern.length) return false;
    // Called on the payload, because `every()` skips the holes of a sparse pattern.
    return payload.every((item, index) => matchesPattern(pattern[index], item, equals));
  }
  if (!isPlainObject(pattern)) return equals(toJsonDate(pattern, payload), payload);
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) return false;
  // Own properties only: a payload does not contain inherited ones such as `constructor`.
  const properties: ReadonlyMap<string, unknown> = new Map(Object.entries(payload));
  return Object.entries(pattern).every(([key, value]) => matchesPattern(value, properties.get(key), equals));
}

/** JSON turned the payload's Date into a string; a test may still expect the Date that the code under test pushed. */
function toJsonDate(expected: unknown, payload: unknown): unknown {
  return expected instanceof Date && typeof payload === "string" ? expected.toJSON() : expected;
}

export function isAsymmetricMatcher(value: unknown): value is AsymmetricMatcher {
  return typeof (value as Partial<AsymmetricMatcher> | null | undefined)?.asymmetricMatch === "function";
}

/** Checks for an object literal. Jest runs tests in a realm of their own, so the prototype is not compared with `Object.prototype`. */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
