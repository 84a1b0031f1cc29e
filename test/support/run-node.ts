import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The output of a Node process. */
export interface NodeOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs Node as a user does, without the loaders and options of this process.
 *
 * @param env - variables to add to the environment
 * @returns the output; rejects unless the process exits with 0 within 30 s
 */
export async function runNode(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<NodeOutput> {
  const { NODE_OPTIONS: _, VITEST: __, ...clean } = process.env;
  return promisify(execFile)(process.execPath, args, { env: { ...clean, ...env }, timeout: 30_000 });
}
