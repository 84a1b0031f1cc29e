const OPENING = new Set(["{", "["]);
const CLOSING = new Set(["}", "]"]);
const TOKENS = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g;

/**
 * Indents JSON without changing its values. Numbers stay as they are written, because JavaScript would round the large ones.
 *
 * @returns `undefined` if the text is not JSON
 */
export function prettyJson(text: string): string | undefined {
  if (!isJson(text)) return undefined;
  const tokens = text.match(TOKENS) ?? [];
  let depth = 0;
  return tokens
    .map((token, index) => {
      const next = tokens[index + 1] ?? "";
      depth += depthChange(token);
      if (token === ":") return ": ";
      if (!breaksAfter(token, next)) return token;
      return token + newLine(CLOSING.has(next) ? depth - 1 : depth);
    })
    .join("");
}

function depthChange(token: string): number {
  if (OPENING.has(token)) return 1;
  return CLOSING.has(token) ? -1 : 0;
}

function breaksAfter(token: string, next: string): boolean {
  if (token === ",") return true;
  return OPENING.has(token) ? !CLOSING.has(next) : CLOSING.has(next);
}

/** Checks whether text is JSON. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function newLine(depth: number): string {
  return `\n${"  ".repeat(depth)}`;
}
