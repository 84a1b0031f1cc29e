import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { constants } from "node:os";
import { UsageError } from "../usage-error.ts";

/** How a command ended. */
interface Ended {
  /** The exit code; 128 and the number of the signal if one ended it, as shells count. */
  readonly code: number;
}

/** A command that was started. */
export interface Child {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

/**
 * Starts a command.
 *
 * @returns the command; `ended` rejects with a UsageError if there is no such command
 */
export function startChild(
  [program = "", ...args]: readonly string[],
  {
    env,
    stdio,
    isGroup = false,
  }: { readonly env: NodeJS.ProcessEnv; readonly stdio: StdioOptions; readonly isGroup?: boolean },
): Child {
  // On Windows npm and npx are scripts, which only a shell starts.
  const child = spawn(program, args, { env, stdio, shell: process.platform === "win32", detached: isGroup });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", (cause: NodeJS.ErrnoException) =>
      reject(new UsageError(`COMMAND: ${JSON.stringify(program)} cannot be started (${cause.code})`, { cause })),
    );
    child.once("close", (code, signal) =>
      resolve({ code: code ?? 128 + (constants.signals[signal ?? "SIGTERM"] ?? 0) }),
    );
  });
  return { process: child, ended };
}

/** Sends a signal to a command and, if it leads a group, to the processes that it started: `npx` does not forward signals. */
export function signalChild({ process: child }: Child, signal: NodeJS.Signals): void {
  try {
    if (process.platform !== "win32" && child.pid !== undefined) process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch {
    // It has ended meanwhile.
  }
}
