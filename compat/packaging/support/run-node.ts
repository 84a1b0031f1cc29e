import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** An installed version of Node. */
export interface Runtime {
  readonly node: string;
  readonly binary: string;
}

const installed = (major: number): Runtime => ({
  node: `Node ${major}`,
  binary: fileURLToPath(new URL(`../../node_modules/node-${major}/bin/node`, import.meta.url)),
});

/** The Node that runs the tests, and other versions if their binaries exist for this platform. */
export const runtimes: readonly Runtime[] = [
  { node: `Node ${process.versions.node.split(".")[0]}`, binary: process.execPath },
  ...[22, 24].map(installed).filter(({ binary }) => existsSync(binary)),
];

/** The output and exit code of a process. */
export interface NodeResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/**
 * Runs Node as a user does, without the loaders and options of this process. Resolves even if the process fails.
 *
 * @param options - `binary` is the Node to run; `env` adds variables to the environment
 */
export async function runNode(
  args: readonly string[],
  options: { cwd?: string; binary?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<NodeResult> {
  const { NODE_OPTIONS: _, VITEST: __, ...clean } = process.env;
  const { binary = process.execPath, cwd, env } = options;
  // Node prints the source line of an error, which in a minified file is the whole file.
  const settings = { cwd, env: { ...clean, ...env }, timeout: 30_000, maxBuffer: 16_000_000 };
  try {
    return { ...(await promisify(execFile)(binary, args, settings)), code: 0 };
  } catch (error) {
    const { stdout, stderr, code } = error as Partial<NodeResult> & Error;
    return { stdout: stdout ?? "", stderr: stderr ?? String(error), code: Number(code ?? -1) };
  }
}
