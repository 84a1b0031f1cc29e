import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** What a process of Node printed. */
export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs Node as a user's process would run: none of this process's loaders or options.
 *
 * @param args - its arguments
 * @param env - over the environment
 * @returns what it printed; rejects where it does not exit with 0 within 30 s
 */
export async function runNode(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const { NODE_OPTIONS: _, VITEST: __, ...clean } = process.env;
  return promisify(execFile)(process.execPath, args, { env: { ...clean, ...env }, timeout: 30_000 });
}
