import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type ts from "typescript-5.9";
import { isThorough } from "../../../test/support/thorough.ts";

/** Compiler options of a user's tsconfig.json, in addition to the common ones. */
export type Settings = Readonly<Record<string, string | boolean | readonly string[]>>;

/** A version of TypeScript. */
export interface Compiler {
  readonly version: string;
  /**
   * @param files - the files of the program, relative to this test folder
   * @param settings - compiler options
   * @returns the errors in the program and in our declarations, without errors in other packages
   */
  errors(files: readonly string[], settings: Settings): Promise<readonly string[]>;
}

const folder = fileURLToPath(new URL("..", import.meta.url));

/** All strict options that a user may choose, without the types of the DOM. */
const COMMON: Settings = {
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  target: "es2022",
  lib: ["es2022"],
  types: ["node"],
  allowImportingTsExtensions: true,
  experimentalDecorators: true,
};

const OURS = /^(?:(?!.*node_modules)|.*node_modules\/(?:cloudtask|@cloudtask)\/)/;

/** The files that the last version has read. Caching them for all versions would need a gigabyte. */
let cache: { readonly version: string; readonly read: Map<string, ts.SourceFile | undefined> } | undefined;

function readBy(version: string): Map<string, ts.SourceFile | undefined> {
  if (cache?.version !== version) cache = { version, read: new Map() };
  return cache.read;
}

/** Uses the compiler's API, to check only the relevant files, and to read each declaration once for all settings. */
function inProcess(version: string): Compiler {
  const compiler = createRequire(import.meta.url)(`typescript-${version}`) as typeof ts;
  return {
    version,
    async errors(files, settings) {
      const { options, errors } = compiler.convertCompilerOptionsFromJson({ ...COMMON, ...settings }, folder);
      const host = compiler.createCompilerHost(options);
      const readAnew = host.getSourceFile;
      const read = readBy(version);
      host.getSourceFile = (name, how, ...rest) => {
        const key = `${name} ${JSON.stringify(how)}`;
        if (!read.has(key)) read.set(key, readAnew(name, how, ...rest));
        return read.get(key);
      };
      const program = compiler.createProgram({ rootNames: files.map((file) => join(folder, file)), options, host });
      const ours = program.getSourceFiles().filter(({ fileName }) => OURS.test(fileName));
      const found = [
        ...errors,
        ...program.getOptionsDiagnostics(),
        ...program.getGlobalDiagnostics(),
        ...ours.flatMap((source) => [
          ...program.getSyntacticDiagnostics(source),
          ...program.getSemanticDiagnostics(source),
          ...(options.declaration && !source.isDeclarationFile ? program.getDeclarationDiagnostics(source) : []),
        ]),
      ];
      return found.map((diagnostic) => {
        const location = diagnostic.file === undefined ? "" : `${relative(folder, diagnostic.file.fileName)}: `;
        return `${location}TS${diagnostic.code} ${compiler.flattenDiagnosticMessageText(diagnostic.messageText, " ")}`;
      });
    },
  };
}

/** TypeScript 7 has no API yet, only a command. */
function asCommand(version: string): Compiler {
  const tsc = fileURLToPath(new URL("../../../node_modules/typescript/bin/tsc", import.meta.url));
  return {
    version,
    async errors(files, settings) {
      const options = Object.entries({ ...COMMON, ...settings }).flatMap(([name, value]) => [
        `--${name}`,
        String(value),
      ]);
      const args = [tsc, "--ignoreConfig", "--pretty", "false", ...options, ...files];
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder }).catch((error) => error);
      const lines = String(stdout)
        .split("\n")
        .filter((line) => line.includes("error TS"));
      return lines
        .map((line) =>
          line.replace(/^(?:([^(]+)\(\d+,\d+\): )?error (TS\d+): /, (_, at, code) => `${at ? `${at}: ` : ""}${code} `),
        )
        .filter((line) => OURS.test(line));
    },
  };
}

/** From the oldest supported version to the version that compiles the declarations. */
const VERSIONS = isThorough ? ["5.6", "5.7", "5.8", "5.9", "6"] : ["5.6", "5.9"];

export const compilers: readonly Compiler[] = [...VERSIONS.map(inProcess), asCommand("7")];

/** The programs that are compiled together. To read and bind the declarations takes longer than to check a program. */
const TOGETHER = ["exports", "payloads", "queues", "re-exports", "typos", "unsendable"].map(
  (name) => `programs/${name}.ts`,
);

const compiled = new Map<Compiler, Promise<readonly string[]>>();

/**
 * Compiles the small programs, once for each version, as a library that emits declarations.
 *
 * @param file - one of the programs
 * @returns its errors, without its path, and the errors outside of the programs
 */
export async function errorsIn(file: (typeof TOGETHER)[number], compiler: Compiler): Promise<readonly string[]> {
  const settings = { module: "nodenext", moduleResolution: "nodenext", declaration: true };
  const errors = compiled.get(compiler) ?? compiler.errors(TOGETHER, settings);
  compiled.set(compiler, errors);
  return (await errors)
    .filter((error) => error.startsWith(`${file}: `) || !TOGETHER.some((other) => error.startsWith(`${other}: `)))
    .map((error) => error.replace(`${file}: `, ""));
}
