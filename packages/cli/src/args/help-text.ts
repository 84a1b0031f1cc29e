import { type Flag, type FlagGroup, variableOf } from "./flag.ts";

/** Fits into a terminal beside an editor, and into an issue without scrolling. */
const WIDTH = 100;
/** The column of the explanations. */
const COLUMN = 30;

/** A page of help. */
export interface HelpPage {
  readonly usage: string;
  /** Paragraphs above the options. */
  readonly intro: readonly string[];
  readonly groups: readonly FlagGroup[];
  /** Whether to name the environment variable of each option. */
  readonly hasVariables?: boolean;
  /** Lines below the options, not wrapped. */
  readonly outro: readonly string[];
}

/** Formats a page of help in lines of at most 100 characters. */
export function helpText({ usage, intro, groups, hasVariables = false, outro }: HelpPage): string {
  const sections = groups.map(({ title, flags }) => [
    `${title}:`,
    ...flags.flatMap((flag) => flagLines(flag, hasVariables)),
  ]);
  const paragraphs = intro.map((paragraph) => wrap(paragraph, WIDTH));
  const blocks = [[`Usage: ${usage}`], ...paragraphs, ...sections, ...(outro.length > 0 ? [outro] : [])];
  return blocks.map((lines) => lines.join("\n")).join("\n\n");
}

/** Formats `  left   right`, with the right side wrapped in its column. */
export function twoColumns(left: string, right: string): string[] {
  const lines = wrap(right, WIDTH - COLUMN);
  const first = `  ${left}`;
  const indent = " ".repeat(COLUMN);
  if (first.length + 2 > COLUMN) return [first, ...lines.map((line) => indent + line)];
  return lines.map((line, index) => (index === 0 ? first.padEnd(COLUMN) : indent) + line);
}

function flagLines(flag: Flag, hasVariables: boolean): string[] {
  const { name, short, value, help } = flag;
  const names = short ? `-${short}, --${name}` : `--${name}`;
  return twoColumns(
    value ? `${names} ${value}` : names,
    hasVariables && name !== "help" ? `${help} [${variableOf(flag)}]` : help,
  );
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
