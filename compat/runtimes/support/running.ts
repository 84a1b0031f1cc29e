import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Runtime } from "./runtimes.ts";

/** The exit of a process. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The text on stderr. */
  readonly complaints: string;
}

/** A program that is running on one of the runtimes. */
export interface Running extends AsyncDisposable {
  /** Sends a line to stdin. */
  say(line: string): void;
  /** Returns the next line on stdout. Rejects if the program has ended. */
  hear(): Promise<string>;
  /** Sends a signal. */
  signal(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

/**
 * Starts a program, without the options of this process.
 *
 * @returns the process; disposing it kills it
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
