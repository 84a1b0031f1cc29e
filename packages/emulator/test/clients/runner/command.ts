import { spawn } from "node:child_process";

/** What a program wrote, and how it ended. */
export interface Finished {
  /** Null where it was killed, or could not be started. */
  readonly status: number | null;
  readonly lines: readonly string[];
  /** The last lines of what it wrote to stderr, or why it could not be started. */
  readonly complaint: string;
}

/** How a program is run. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const PATIENCE_MS = 180_000;

/** Runs a program to its end, which has to come within three minutes; never throws. */
export function run(command: string, args: readonly string[], { cwd, env }: RunOptions = {}): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    const finish = (status: number | null, complaint: string): void => {
      const lines = Buffer.concat(output).toString().split(/\r?\n/);
      resolve({ status, lines, complaint: complaint.trim().split("\n").slice(-5).join(" ") });
    };
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
    child.on("error", (error) => finish(null, error.message));
    child.on("close", (status) => finish(status, Buffer.concat(errors).toString()));
  });
}
