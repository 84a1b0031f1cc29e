import { isAsymmetricMatcher, isPlainObject } from "./payload-pattern.ts";

const MAX_LENGTH = 1_000;

/** Formats a payload or a payload pattern on one line for a message, truncated if it is long. */
export function formatValue(value: unknown): string {
  if (value === undefined) return "without a payload";
  const text = toText(value);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}

/** A value that a serializer restored may not be valid JSON. */
function toText(value: unknown): string {
  try {
    return JSON.stringify(value, (_, item: unknown) => matcherText(item) ?? item) ?? String(value);
  } catch {
    return String(value);
  }
}

/** Vitest and Jest both keep the argument of an asymmetric matcher in `sample`. */
function matcherText(matcher: unknown): string | undefined {
  // Bun's matchers expose nothing but their kind.
  const kind = Object.prototype.toString.call(matcher).slice("[object ".length, -1);
  if (!isAsymmetricMatcher(matcher)) return /^Expect[A-Z]/.test(kind) ? kind : undefined;
  const { sample } = matcher as { readonly sample?: unknown };
  if (typeof sample === "function") return `${String(matcher)}<${sample.name}>`;
  return `${String(matcher)}<${isPlainObject(sample) || Array.isArray(sample) ? JSON.stringify(sample) : String(sample)}>`;
}
