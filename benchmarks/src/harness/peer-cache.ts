import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { setPriority } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Peers that are not packages of the workspace are built here, ignored by git. */
const cacheDir: string = fileURLToPath(new URL("../../../node_modules/.cache/cloudtask-peers/", import.meta.url));

/** Creates a directory in the cache, unless it exists, and returns its path. */
export async function cacheDirectory(...names: readonly string[]): Promise<string> {
  const path = join(cacheDir, ...names);
  await mkdir(path, { recursive: true });
  return path;
}

/**
 * Runs a command with the lowest priority, because building a peer takes minutes of CPU time.
 *
 * @returns its output; `undefined` if the command is not installed
 * @throws Error with its output if it fails
 */
export async function runTool(file: string, args: readonly string[], cwd?: string): Promise<string | undefined> {
  const running = promisify(execFile)(file, args, { maxBuffer: 64 << 20, cwd });
  if (running.child.pid !== undefined) setPriority(running.child.pid, 19);
  try {
    return (await running).stdout.trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
