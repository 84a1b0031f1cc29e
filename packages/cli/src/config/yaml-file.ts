import { readFileSync } from "node:fs";
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import { UsageError } from "../usage-error.ts";
import type { Position } from "../values/position.ts";

/** Larger files are rejected. */
const MAX_BYTES = 1_048_576;

/** The value of a file, and its position for error messages. */
export interface YamlFile {
  readonly value: unknown;
  readonly root: Position;
}

/**
 * Reads a YAML file. JSON is a subset of YAML.
 *
 * @throws UsageError if the file cannot be read, is not YAML, has duplicate keys, or has too many nested aliases
 */
export function readYamlFile(file: string): YamlFile {
  const source = readText(file);
  const lineCounter = new LineCounter();
  const document = parseDocument(source, { lineCounter, prettyErrors: false, stringKeys: true });
  // Warnings are about unknown tags. Their values would be wrong.
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) {
    const message = PROBLEMS[problem.code] ?? problem.message;
    throw new UsageError(`${file}:${lineCounter.linePos(problem.pos[0]).line}: ${message}`);
  }
  return { value: plainValue(document, file), root: filePosition({ file, document, lineCounter }, []) };
}

function readText(file: string): string {
  try {
    const bytes = readFileSync(file);
    if (bytes.length > MAX_BYTES) throw new UsageError(`--config ${file}: the file is larger than 1 MiB`);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`--config ${file}: ${READ_ERRORS[code ?? ""] ?? "the file cannot be read"}`, { cause: error });
  }
}

const READ_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: "the file does not exist",
  EISDIR: "this is a directory, not a file",
  EACCES: "permission denied",
  ERR_ENCODING_INVALID_ENCODED_DATA: "the file is not UTF-8",
};

const PROBLEMS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "duplicate key; remove one of them",
  MULTIPLE_DOCS: "a second document starts here; a configuration has only one",
};

function plainValue(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    // With nested aliases, a few lines can expand to gigabytes.
    throw new UsageError(`${file}: too many nested aliases; write their values instead`, { cause: error });
  }
}

interface Source {
  readonly file: string;
  readonly document: Document.Parsed;
  readonly lineCounter: LineCounter;
}

function filePosition(source: Source, path: readonly (string | number)[]): Position {
  return {
    child: (key) => filePosition(source, [...path, key]),
    error: (message) => {
      const line = lineOf(source, path);
      const where = line === undefined ? source.file : `${source.file}:${line}`;
      return new UsageError(`${where}: ${path.length > 0 ? `${pathText(path)}: ` : ""}${message}`);
    },
  };
}

/** Returns the line of a value. A missing value has the line of its parent. */
function lineOf({ document, lineCounter }: Source, path: readonly (string | number)[]): number | undefined {
  for (let length = path.length; length >= 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    const start = isNode(node) ? node.range?.[0] : undefined;
    if (start !== undefined) return lineCounter.linePos(start).line;
  }
  return undefined;
}

function pathText(path: readonly (string | number)[]): string {
  return path.map((key, index) => (typeof key === "number" ? `[${key}]` : `${index > 0 ? "." : ""}${key}`)).join("");
}
