import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/**
 * Kills a process and waits for its end. Remove its files only after that: a process that still runs can write to a folder
 * while it is being removed.
 */
export async function endProcess(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}
