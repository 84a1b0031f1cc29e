import jsTokens from "js-tokens";

/** Counts the lines of a source text that contain code. Comments and blank lines don't count. */
export function codeLines(code: string): number {
  const lines = new Set<number>();
  let line = 1;
  for (const { type, value } of jsTokens(code)) {
    const lineBreaks = value.split("\n").length - 1;
    if (!/Comment$|^WhiteSpace$|^LineTerminatorSequence$/.test(type)) {
      for (let each = line; each <= line + lineBreaks; each += 1) lines.add(each);
    }
    line += lineBreaks;
  }
  return lines.size;
}
