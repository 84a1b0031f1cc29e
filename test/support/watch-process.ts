import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";

/** A process whose output is watched. */
export interface WatchedProcess {
  /** Waits until the output contains a text; rejects if the process ends before. */
  readonly printed: (text: string) => Promise<void>;
  /** Resolves with the complete output after the end of the process. */
  readonly ended: Promise<string>;
}

/**
 * Watches the output of a process on both streams.
 *
 * @param child - a process that was just started
 * @param name - its name, for errors
 */
export function watchProcess(child: ChildProcessWithoutNullStreams, name: string): WatchedProcess {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const printed = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => (output.includes(text) ? resolve() : undefined);
      child.stdout.on("data", check);
      child.once("exit", () => reject(new Error(`${name} ended without printing "${text}": ${output}`)));
      check();
    });
  return { printed, ended: once(child, "close").then(() => output) };
}
