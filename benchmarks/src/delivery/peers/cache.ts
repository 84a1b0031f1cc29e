import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { setPriority } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Where peers are built: outside of what git sees. */
const cacheDir: string = fileURLToPath(new URL("../../../../node_modules/.cache/cloudtask-peers/", import.meta.url));

/** @returns the path of a directory in the cache, which exists then */
export async function cached(...names: readonly string[]): Promise<string> {
  const path = join(cacheDir, ...names);
  await mkdir(path, { recursive: true });
  return path;
}

/**
 * Runs a command with the lowest priority, since building a peer takes minutes of CPU.
 *
 * @returns what it printed; undefined where there is no such command
 * @throws Error where it fails, with what it said
 */
export async function run(file: string, args: readonly string[]): Promise<string | undefined> {
  const running = promisify(execFile)(file, args, { maxBuffer: 64 << 20 });
  if (running.child.pid !== undefined) setPriority(running.child.pid, 19);
  try {
    return (await running).stdout.trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
