import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";

/** A process, by what it prints. */
export interface Watched {
  /** It has printed this; rejects where it ends without. */
  readonly said: (what: string) => Promise<void>;
  /** All that it printed, once it has ended. */
  readonly ended: Promise<string>;
}

/**
 * @param child - a process that was just started
 * @param name - what to call it in a failure
 * @returns what it says, on both streams
 */
export function watchProcess(child: ChildProcessWithoutNullStreams, name: string): Watched {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const said = (what: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => (output.includes(what) ? resolve() : undefined);
      child.stdout.on("data", look);
      child.once("exit", () => reject(new Error(`${name} ended without saying "${what}": ${output}`)));
      look();
    });
  return { said, ended: once(child, "close").then(() => output) };
}
