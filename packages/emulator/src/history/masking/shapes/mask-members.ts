import { HIDDEN, type HiddenValues } from "../hidden-values.ts";
import { isNameKey, isValueKey } from "./member-keys.ts";

/** A string that may be cut off, a punctuation mark, or a literal. */
const token = /"[^"\\]*(?:\\.[^"\\]*)*"?|[{}[\],:]|[^\s"{}[\],:]+/gs;

/** An element of a list that can be the name of the next one: `["password","x"]`. */
const identifier = /^[\w.$-]{1,100}$/;

/** JSON in JSON strings is read up to this depth. */
const MAX_DEPTH = 4;

/** A part of a text. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** An object or a list that is being read. */
interface Frame {
  readonly start: number;
  readonly isList: boolean;
  key: string;
  /** Whether a member of the object names a secret. */
  namesSecret: boolean;
  /** Whether the previous element of the list names a secret. */
  followsName: boolean;
  readonly values: Range[];
}

/** Masks values in JSON whose name is another value: pairs in objects and in lists. The JSON can be cut off. */
export function maskMembers(text: string, hidden: HiddenValues, depth: number = MAX_DEPTH): string {
  if (depth === 0 || !/^\s*[{["]/.test(text)) return text;
  const reader = new MemberReader(text, hidden, depth);
  return reader.masked();
}

class MemberReader {
  readonly #text: string;
  readonly #hidden: HiddenValues;
  readonly #depth: number;
  readonly #frames: Frame[] = [];
  readonly #secrets: Range[] = [];
  /** Strings that contain JSON, with their masked form. */
  readonly #replaced = new Map<number, Range & { readonly replacement: string }>();

  constructor(text: string, hidden: HiddenValues, depth: number) {
    this.#text = text;
    this.#hidden = hidden;
    this.#depth = depth;
  }

  masked(): string {
    for (const { index, 0: part } of this.#text.matchAll(token))
      this.#read(part, { start: index, end: index + part.length });
    while (this.#frames.length > 0) this.#close(this.#text.length);
    return this.#replaceAll();
  }

  #read(part: string, range: Range): void {
    const frame = this.#frames.at(-1);
    if (part === "{" || part === "[") {
      const isList = part === "[";
      this.#frames.push({ start: range.start, isList, key: "", namesSecret: false, followsName: false, values: [] });
    } else if (part === "}" || part === "]") {
      this.#close(range.end);
    } else if (part === ",") {
      if (frame) frame.key = "";
    } else if (part !== ":") {
      const string = part.startsWith('"') ? stringOf(part) : undefined;
      const isKey = frame?.isList === false && frame.key === "" && string !== undefined;
      if (isKey) frame.key = string.toLowerCase();
      else this.#onValue(range, string);
    }
  }

  #onValue(range: Range, string?: string): void {
    const frame = this.#frames.at(-1);
    const names = string !== undefined && identifier.test(string) && this.#hidden.names.isSecret(string);
    if (frame?.isList) {
      if (frame.followsName) this.#secrets.push(range);
      frame.followsName = names && !frame.followsName;
    } else if (frame) {
      if (names && isNameKey(frame.key)) frame.namesSecret = true;
      if (isValueKey(frame.key)) frame.values.push(range);
    }
    if (string !== undefined && /^\s*[{[]/.test(string)) this.#readInner(range, string);
  }

  #readInner(range: Range, string: string): void {
    const masked = maskMembers(string, this.#hidden, this.#depth - 1);
    if (masked === string) return;
    const json = JSON.stringify(masked);
    const isCut = this.#text.charAt(range.end - 1) !== '"';
    this.#replaced.set(range.start, { ...range, replacement: isCut ? json.slice(0, -1) : json });
  }

  #close(end: number): void {
    const frame = this.#frames.pop();
    if (!frame) return;
    if (frame.namesSecret) for (const value of frame.values) this.#secrets.push(value);
    this.#onValue({ start: frame.start, end });
  }

  #replaceAll(): string {
    const secrets = this.#secrets.map((range) => ({ ...range, replacement: this.#replacementOf(range) }));
    const all = [...secrets, ...this.#replaced.values()].sort((a, b) => a.start - b.start || b.end - a.end);
    let masked = "";
    let done = 0;
    for (const { start, end, replacement } of all) {
      if (start < done) continue;
      masked += this.#text.slice(done, start) + replacement;
      done = end;
    }
    return masked + this.#text.slice(done);
  }

  #replacementOf({ start, end }: Range): string {
    const value = this.#text.slice(start, end);
    if (value === "null" || value === "true" || value === "false" || value === '""') return value;
    if (/^[{[]/.test(value)) return `"${HIDDEN}"`;
    this.#hidden.hide(value.startsWith('"') ? stringOf(value) : value);
    return value.startsWith('"') && !isClosed(value) ? `"${HIDDEN}` : `"${HIDDEN}"`;
  }
}

function isClosed(part: string): boolean {
  return part.length > 1 && part.endsWith('"') && !/(?<!\\)(?:\\\\)*\\"$/.test(part);
}

/** Returns the content of a JSON string, which may be cut off. */
function stringOf(part: string): string {
  const content = part.slice(1, isClosed(part) ? -1 : undefined);
  if (!content.includes("\\")) return content;
  const whole = content.replace(/\\(?:u[0-9a-f]{0,3})?$/i, (end, at: number) =>
    /(?<!\\)(?:\\\\)*$/.test(content.slice(0, at)) ? "" : end,
  );
  try {
    return String(JSON.parse(`"${whole.replace(/[\n\r\t]/g, " ")}"`));
  } catch {
    return content;
  }
}
