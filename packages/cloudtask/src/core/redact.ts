import { type DecodedText, decodeEscapes } from "./decode-escapes.ts";
import { MIN_SECRET_LENGTH } from "./min-secret-length.ts";

/** Removes secrets from a text, and cuts a long text. */
export type Redact = (text: string) => string;

/** A part of a text, from `start` up to `end`. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** The longest text that is searched, in characters. */
const MAX_REDACTED = 65_536;

/** The depth and the number of values that `redactJson()` copies. */
const MAX_DEPTH = 32;
const MAX_VALUES = 1_000;

/**
 * Creates a function that replaces secrets with `[secret]`. An answer may repeat a secret in another spelling: as JSON (nested to
 * any depth), as HTML or in a URL. These spellings are replaced too.
 *
 * The text is from an external source, so it is cut to 64 Ki characters first, and searched in linear time. No part of a secret
 * remains at the cut.
 *
 * @param secrets - printable ASCII
 */
export function redactor(secrets: readonly string[]): Redact {
  const all = secrets.filter((secret) => secret !== "");
  return (text) => {
    const source = text.length > MAX_REDACTED ? withoutHalfEscape(text.slice(0, MAX_REDACTED)) : text;
    if (all.length === 0) return source;
    const decoded = decodeEscapes(source);
    const spans = all.flatMap((secret) => spansOf(secret, source, decoded));
    if (text.length <= MAX_REDACTED) return replaceSpans(source, spans);
    const end = Math.min(...all.map((secret) => startOfCutSecret(secret, decoded) ?? source.length));
    return replaceSpans(source.slice(0, end), spans);
  };
}

/**
 * Copies parsed JSON and redacts all its strings, keys included. Replaces values that are nested too deeply, and values beyond a
 * maximum number, with `…`.
 */
export function redactJson(value: unknown, redact: Redact): unknown {
  let values = 0;
  function copy(each: unknown, depth: number): unknown {
    values += 1;
    if (typeof each === "string") return redact(each);
    if (typeof each !== "object" || each === null) return each;
    if (depth > MAX_DEPTH || values > MAX_VALUES) return "…";
    if (Array.isArray(each)) return each.slice(0, MAX_VALUES).map((item) => copy(item, depth + 1));
    const entries = Object.entries(each).slice(0, MAX_VALUES);
    return Object.fromEntries(entries.map(([key, item]) => [redact(key), copy(item, depth + 1)]));
  }
  return copy(value, 0);
}

function spansOf(secret: string, source: string, decoded: DecodedText): readonly Span[] {
  const bare = withoutBackslashes(secret);
  const literal = positionsOf(secret, source).map((start) => ({ start, end: start + secret.length }));
  if (bare === "") return [...literal, ...backslashRuns(secret.length, source)];
  // The spelled secret, and the secret that itself looks like an escape, such as `%41`.
  const needles = new Set([bare, decodeEscapes(secret).text]);
  const short = secret.length < MIN_SECRET_LENGTH;
  const spelled = [...needles].flatMap((needle) =>
    positionsOf(needle, decoded.text)
      .map((at) => ({ start: at, end: at + needle.length }))
      .filter((span) => !short || isWhole(span, decoded.text))
      .map((span) => sourceSpan(secret, decoded, span)),
  );
  return [...(short ? literal.filter((span) => isWhole(span, source)) : literal), ...spelled];
}

/** Translates a span of the decoded text. The backslashes that belong to the secret's first or last character are included. */
function sourceSpan(secret: string, { starts, ends }: DecodedText, { start, end }: Span): Span {
  const first = /^[A-Za-z0-9]/.test(secret) ? starts[start] : ends[start - 1];
  const last = secret.endsWith("\\") ? starts[end] : ends[end - 1];
  return { start: first ?? 0, end: last ?? Number.POSITIVE_INFINITY };
}

function positionsOf(needle: string, text: string): readonly number[] {
  const positions: number[] = [];
  if (needle === "") return positions;
  for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + needle.length)) positions.push(at);
  return positions;
}

function backslashRuns(length: number, source: string): readonly Span[] {
  const runs = [...source.matchAll(/\\+/g)].map((run) => ({ start: run.index, end: run.index + run[0].length }));
  return runs.filter(({ start, end }) => end - start >= length);
}

function isWhole({ start, end }: Span, source: string): boolean {
  return !/[A-Za-z0-9]/.test(`${source[start - 1] ?? ""}${source[end] ?? ""}`);
}

/** Returns the start, in the source, of a secret that begins at the end of the text and would continue after it. */
function startOfCutSecret(secret: string, decoded: DecodedText): number | undefined {
  const bare = withoutBackslashes(secret);
  for (let length = Math.min(bare.length - 1, decoded.text.length); length > 0; length -= 1) {
    if (decoded.text.endsWith(bare.slice(0, length))) return decoded.starts[decoded.text.length - length];
  }
  return undefined;
}

/** Removes an escape that a cut may have halved. The longest that `decodeEscapes()` knows, without its zeros, has 7 characters. */
function withoutHalfEscape(text: string): string {
  const tail = text.slice(-8);
  const at = tail.search(/[\\%&u]/);
  return at === -1 ? text : text.slice(0, text.length - tail.length + at);
}

function withoutBackslashes(text: string): string {
  return text.replaceAll("\\", "");
}

function replaceSpans(source: string, spans: readonly Span[]): string {
  const sorted = [...spans].sort((a, b) => a.start - b.start);
  const parts: string[] = [];
  let [from, coveredTo] = [0, -1];
  for (const { start, end } of sorted) {
    if (start >= source.length) break;
    // A span that overlaps the one before extends it.
    if (start >= coveredTo) parts.push(source.slice(from, start), "[secret]");
    coveredTo = Math.max(coveredTo, end);
    from = Math.max(from, end);
  }
  return parts.join("") + source.slice(from);
}
