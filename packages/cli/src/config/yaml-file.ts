import { readFileSync } from "node:fs";
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import { UsageError } from "../usage-error.ts";
import type { Place } from "../values/place.ts";

/** Above this a file is no configuration. */
const MAX_BYTES = 1_048_576;

/** What a file holds, and how to point into it. */
export interface YamlFile {
  readonly value: unknown;
  readonly root: Place;
}

/**
 * Reads YAML, of which JSON is a part.
 *
 * @throws UsageError where it cannot be read, is no YAML, has a key twice, or would grow without measure
 */
export function readYamlFile(file: string): YamlFile {
  const source = readText(file);
  const lineCounter = new LineCounter();
  const document = parseDocument(source, { lineCounter, prettyErrors: false, stringKeys: true });
  // A warning is a tag that nobody knows: its value would not be what it says.
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) {
    const message = PROBLEMS[problem.code] ?? problem.message;
    throw new UsageError(`${file}:${lineCounter.linePos(problem.pos[0]).line}: ${message}`);
  }
  return { value: plainValue(document, file), root: filePlace({ file, document, lineCounter }, []) };
}

function readText(file: string): string {
  try {
    const bytes = readFileSync(file);
    if (bytes.length > MAX_BYTES)
      throw new UsageError(`--config ${file}: larger than 1 MiB, which no configuration is`);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`--config ${file}: ${READ_ERRORS[code ?? ""] ?? "cannot be read"}`, { cause: error });
  }
}

const READ_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "this is a directory",
  EACCES: "no permission to read it",
  ERR_ENCODING_INVALID_ENCODED_DATA: "not UTF-8",
};

const PROBLEMS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "this key is there twice; remove one of the two",
  MULTIPLE_DOCS: "a second document begins; a configuration is one",
};

function plainValue(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    // Aliases of aliases: a few lines that mean gigabytes.
    throw new UsageError(`${file}: too many aliases of aliases; write out what they stand for`, { cause: error });
  }
}

interface Source {
  readonly file: string;
  readonly document: Document.Parsed;
  readonly lineCounter: LineCounter;
}

function filePlace(source: Source, path: readonly (string | number)[]): Place {
  return {
    child: (key) => filePlace(source, [...path, key]),
    refuse: (message) => {
      const line = lineOf(source, path);
      const where = line === undefined ? source.file : `${source.file}:${line}`;
      return new UsageError(`${where}: ${path.length > 0 ? `${pathText(path)}: ` : ""}${message}`);
    },
  };
}

/** The line of the value, or of what holds it where it has none. */
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
