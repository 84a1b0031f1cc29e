import { isAsymmetric, isPlain } from "./payload-pattern.ts";

/** The longest that is shown whole. */
const MAX_LENGTH = 1_000;

/**
 * @param value - a payload, or what one is compared with
 * @returns it on one line, for a message, cut where it is long
 */
export function shownValue(value: unknown): string {
  if (value === undefined) return "without a payload";
  const text = textOf(value);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}

/** What a serializer restored need not be JSON. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value, (_, each: unknown) => matcherText(each) ?? each) ?? String(value);
  } catch {
    return String(value);
  }
}

/** Each runner keeps under the same name what a matcher was made of. */
function matcherText(matcher: unknown): string | undefined {
  // Those of Bun keep everything to themselves but their kind.
  const kind = Object.prototype.toString.call(matcher).slice("[object ".length, -1);
  if (!isAsymmetric(matcher)) return /^Expect[A-Z]/.test(kind) ? kind : undefined;
  const { sample } = matcher as { readonly sample?: unknown };
  if (typeof sample === "function") return `${String(matcher)}<${sample.name}>`;
  return `${String(matcher)}<${isPlain(sample) || Array.isArray(sample) ? JSON.stringify(sample) : String(sample)}>`;
}
