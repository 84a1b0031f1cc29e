import { spawn } from "node:child_process";

/** The output and exit status of a program. */
export interface Finished {
  /** Null if it was killed or could not be started. */
  readonly status: number | null;
  readonly lines: readonly string[];
  /** The last lines of stderr, or the reason why it could not be started. */
  readonly error: string;
}

/** Options of `run()`. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 180_000;

/** Runs a program to its end, for at most three minutes. Never throws. */
export function run(command: string, args: readonly string[], { cwd, env }: RunOptions = {}): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    const finish = (status: number | null, error: string): void => {
      const lines = Buffer.concat(output).toString().split(/\r?\n/);
      resolve({ status, lines, error: error.trim().split("\n").slice(-5).join(" ") });
    };
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    child.on("error", (error) => finish(null, error.message));
    child.on("close", (status) => finish(status, Buffer.concat(errors).toString()));
  });
}
