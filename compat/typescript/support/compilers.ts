import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type ts from "typescript-5.9";

/** What a user's tsconfig.json says, on top of what all here have. */
export type Settings = Readonly<Record<string, string | boolean | readonly string[]>>;

/** A version of TypeScript. */
export interface Compiler {
  readonly version: string;
  /**
   * @param files - of the program, in the folder of these tests
   * @param settings - compiler options
   * @returns the errors in the program, and in our declarations; those in the declarations of others are theirs
   */
  errors(files: readonly string[], settings: Settings): Promise<readonly string[]>;
}

const folder = fileURLToPath(new URL("..", import.meta.url));

/** Strict in every way a user may choose, and with nothing of the DOM, which Node does not have. */
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

/** What the last version in use has read. All of them together would take a gigabyte. */
let kept: { readonly version: string; readonly read: Map<string, ts.SourceFile | undefined> } | undefined;

function readBy(version: string): Map<string, ts.SourceFile | undefined> {
  if (kept?.version !== version) kept = { version, read: new Map() };
  return kept.read;
}

/** Through the compiler's interface: checks no more than what is asked for, and reads a declaration once for all settings. */
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
        const where = diagnostic.file === undefined ? "" : `${relative(folder, diagnostic.file.fileName)}: `;
        return `${where}TS${diagnostic.code} ${compiler.flattenDiagnosticMessageText(diagnostic.messageText, " ")}`;
      });
    },
  };
}

/** TypeScript 7 is a program, without an interface yet. */
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

/** From the oldest that the declarations are for to the one that they are made by. */
export const compilers: readonly Compiler[] = [...["5.6", "5.7", "5.8", "5.9", "6"].map(inProcess), asCommand("7")];
