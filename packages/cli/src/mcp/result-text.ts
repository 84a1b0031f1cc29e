import { printableText } from "cloudtask/internal";
import { bytesText } from "../output/json.ts";

/** About 10,000 tokens. Clients reject or cut longer results. */
const MAX_CHARACTERS = 40_000;

/** The limits of texts and lists. If a result is too long, the next ones apply. */
const LIMITS = [
  { text: 8_000, items: 1_000 },
  { text: 2_000, items: 200 },
  { text: 500, items: 100 },
  { text: 200, items: 40 },
  { text: 100, items: 15 },
] as const;

type Limits = (typeof LIMITS)[number];

/**
 * Formats the result of a tool as JSON of limited length. Long texts and lists are cut, and state what is missing. Control and invisible
 * characters, which could hide text from a person, are escaped.
 */
export function resultText(result: object): string {
  for (const limits of LIMITS) {
    const text = jsonOf(result, limits);
    if (text.length <= MAX_CHARACTERS) return text;
  }
  return JSON.stringify({ error: "the result is too long; pass a smaller limit" });
}

/** Formats the message of an error. */
export function errorText(message: string): string {
  return printableText(message, 2_000);
}

/** In JSON without line breaks, only texts contain characters that are escaped, so it stays JSON. */
function jsonOf(result: object, limits: Limits): string {
  return printableText(JSON.stringify(shortened(result, limits)), Number.POSITIVE_INFINITY);
}

function shortened(value: unknown, limits: Limits): unknown {
  if (typeof value === "string") return cut(value, limits);
  if (value instanceof Uint8Array) return cut(bytesText(value), limits);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) {
    const items = value.slice(0, limits.items).map((each) => shortened(each, limits));
    const left = value.length - items.length;
    return left > 0 ? [...items, `… and ${left} more`] : items;
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shortened(each, limits)]));
}

function cut(text: string, { text: most }: Limits): string {
  return text.length > most ? `${text.slice(0, most)}… (${text.length} characters)` : text;
}
