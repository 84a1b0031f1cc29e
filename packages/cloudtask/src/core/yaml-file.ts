import type { SettingPosition } from "./setting-position.ts";

// The used part of yaml 2. Its types are not imported, because it may not be installed.
interface LineCounter {
  linePos(offset: number): { readonly line: number };
}
interface Problem {
  readonly code: string;
  readonly message: string;
  readonly pos: readonly [start: number, end: number];
}
interface Document {
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
  getIn(path: Iterable<unknown>, keepScalar: true): unknown;
  toJS(options: { readonly maxAliasCount: number }): unknown;
}

/** The package `yaml`. */
export interface YamlLibrary {
  readonly LineCounter: new () => LineCounter;
  parseDocument(
    source: string,
    options: { readonly lineCounter: never; readonly prettyErrors: false; readonly stringKeys: true },
  ): Document;
}

/** The value of a file, and its position for error messages. */
export interface YamlFile {
  readonly value: unknown;
  readonly root: SettingPosition;
}

/** The text of a file. */
export interface YamlSource {
  /** The name of the file, for messages. */
  readonly file: string;
  readonly text: string;
  readonly yaml: YamlLibrary;
  readonly createError: (message: string, options?: ErrorOptions) => Error;
}

const PROBLEMS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "duplicate key; remove one of them",
  MULTIPLE_DOCS: "a second document starts here; a configuration has only one",
};

/**
 * Reads a YAML file. JSON is a subset of YAML.
 *
 * @throws the created error if the text is not YAML, has duplicate keys, or has too many nested aliases
 */
export function readYaml(source: YamlSource): YamlFile {
  const { file, text, yaml, createError } = source;
  const lineCounter = new yaml.LineCounter();
  const document = yaml.parseDocument(text, {
    lineCounter: lineCounter as never,
    prettyErrors: false,
    stringKeys: true,
  });
  // Warnings are about unknown tags. Their values would be wrong.
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) {
    const message = PROBLEMS[problem.code] ?? problem.message;
    throw createError(`${file}:${lineCounter.linePos(problem.pos[0]).line}: ${message}`);
  }
  return { value: plainValue(document, source), root: filePosition({ ...source, document, lineCounter }, []) };
}

function plainValue(document: Document, { file, createError }: YamlSource): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    // With nested aliases, a few lines can expand to gigabytes.
    throw createError(`${file}: too many nested aliases; write their values instead`, { cause: error });
  }
}

interface ParsedSource extends YamlSource {
  readonly document: Document;
  readonly lineCounter: LineCounter;
}

function filePosition(source: ParsedSource, path: readonly (string | number)[]): SettingPosition {
  return {
    child: (key) => filePosition(source, [...path, key]),
    error: (message) => {
      const line = lineOf(source, path);
      const place = line === undefined ? source.file : `${source.file}:${line}`;
      return source.createError(`${place}: ${path.length > 0 ? `${pathText(path)}: ` : ""}${message}`);
    },
  };
}

/** Returns the line of a value. A missing value has the line of its parent. */
function lineOf({ document, lineCounter }: ParsedSource, path: readonly (string | number)[]): number | undefined {
  for (let length = path.length; length >= 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    const start = (node as { readonly range?: readonly number[] | null } | undefined)?.range?.[0];
    if (start !== undefined) return lineCounter.linePos(start).line;
  }
  return undefined;
}

function pathText(path: readonly (string | number)[]): string {
  return path.map((key, index) => (typeof key === "number" ? `[${key}]` : `${index > 0 ? "." : ""}${key}`)).join("");
}
