/** A text without its escapes, and the place of each of its characters in the source. */
export interface DecodedText {
  readonly text: string;
  /** For each character of `text`, its start in the source. */
  readonly starts: readonly number[];
  /** For each character of `text`, its end in the source. */
  readonly ends: readonly number[];
}

/** Runs of backslashes, and the escapes of JSON, URLs and HTML. None of its parts can match the same text in two ways. */
const ESCAPE =
  /\\+|u00([0-9a-fA-F]{2})|%([0-9a-fA-F]{2})|&(?:#0*(\d{1,3})|#[xX]0*([0-9a-fA-F]{1,2})|(quot|amp|apos|lt|gt|bsol));/g;

/** HTML's names of the characters that it escapes. */
const ENTITIES: Readonly<Record<string, string>> = { quot: '"', amp: "&", apos: "'", lt: "<", gt: ">", bsol: "\\" };

/**
 * Decodes the escapes of JSON, URLs and HTML, and drops all backslashes: JSON inside JSON doubles them at each level. In linear
 * time.
 */
export function decodeEscapes(source: string): DecodedText {
  const parts: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  let from = 0;
  function copyUpTo(end: number): void {
    for (let index = from; index < end; index += 1) {
      starts.push(index);
      ends.push(index + 1);
    }
    parts.push(source.slice(from, end));
  }
  for (const match of source.matchAll(ESCAPE)) {
    copyUpTo(match.index);
    from = match.index + match[0].length;
    const char = decoded(match);
    if (char === "\\") continue;
    parts.push(char);
    starts.push(match.index);
    ends.push(from);
  }
  copyUpTo(source.length);
  return { text: parts.join(""), starts, ends };
}

function decoded([whole, json, url, decimal, hex, name]: RegExpMatchArray): string {
  if (whole.startsWith("\\")) return "\\";
  if (name !== undefined) return ENTITIES[name] ?? "";
  return String.fromCharCode(decimal === undefined ? Number.parseInt(json ?? url ?? hex ?? "", 16) : Number(decimal));
}
