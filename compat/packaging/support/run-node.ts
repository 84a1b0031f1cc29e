import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** A version of Node that is on this machine. */
export interface Runtime {
  readonly node: string;
  readonly binary: string;
}

const installed = (major: number): Runtime => ({
  node: `Node ${major}`,
  binary: fileURLToPath(new URL(`../../node_modules/node-${major}/bin/node`, import.meta.url)),
});

/** The Node that runs the tests, and the others where their binaries exist for this platform. */
export const runtimes: readonly Runtime[] = [
  { node: `Node ${process.versions.node.split(".")[0]}`, binary: process.execPath },
  ...[22, 24].map(installed).filter(({ binary }) => existsSync(binary)),
];

/** What a process printed, and its exit code. */
export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/**
 * Runs Node as a user's process would run: none of this process's loaders or options.
 *
 * @param args - its arguments
 * @param options - `cwd`; `binary`, the Node to run; `env`, over the environment
 * @returns what came of it, also where it failed
 */
export async function runNode(
  args: readonly string[],
  options: { cwd?: string; binary?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<Ran> {
  const { NODE_OPTIONS: _, VITEST: __, ...clean } = process.env;
  const { binary = process.execPath, cwd, env } = options;
  // An error in a minified file is printed with its line, which is the whole file.
  const settings = { cwd, env: { ...clean, ...env }, timeout: 30_000, maxBuffer: 16_000_000 };
  try {
    return { ...(await promisify(execFile)(binary, args, settings)), code: 0 };
  } catch (error) {
    const { stdout, stderr, code } = error as Partial<Ran> & Error;
    return { stdout: stdout ?? "", stderr: stderr ?? String(error), code: Number(code ?? -1) };
  }
}
