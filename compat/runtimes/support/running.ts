import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Runtime } from "./runtimes.ts";

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it complained of. */
  readonly complaints: string;
}

/** A program that runs on one of the runtimes. */
export interface Running extends AsyncDisposable {
  /** Sends it a line. */
  say(line: string): void;
  /** The next line that it says; rejects where it has ended. */
  hear(): Promise<string>;
  /** Sends it a signal. */
  signal(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

/**
 * Starts a program, with none of this process's own options.
 *
 * @param runtime - what it runs on
 * @param file - the program
 * @param args - its arguments
 * @returns the process; disposing of it kills it
 */
export function run({ command: [command, ...before] }: Runtime, file: string, args: readonly string[]): Running {
  const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env;
  const child = spawn(command, [...before, file, ...args], { env: { ...env, DENO_NO_UPDATE_CHECK: "1" } });
  let complaints = "";
  child.stderr.on("data", (chunk) => {
    complaints += chunk;
  });
  const exit = once(child, "exit");
  const reader = createInterface({ input: child.stdout });
  const lines = reader[Symbol.asyncIterator]();
  const ended = Promise.all([exit, once(reader, "close"), once(child.stderr, "close")]).then(
    ([[code, signal]]): Ended => ({ code, signal, complaints }),
  );
  return {
    say: (line) => void child.stdin.write(`${line}\n`),
    async hear() {
      const { done, value } = await lines.next();
      if (done) throw new Error(`it ended: ${JSON.stringify(await ended)}`);
      return value;
    },
    signal: (name) => void child.kill(name),
    ended,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
