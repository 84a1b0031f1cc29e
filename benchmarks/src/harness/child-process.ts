import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const TIMEOUT_MS = 300_000;

/** Options of a new Node process. */
interface NodeOptions {
  readonly args?: readonly (string | number)[];
  /** Options of Node itself, such as `--expose-gc`. */
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a compiled file in a new process.
 *
 * @returns the JSON of its last line of output
 * @throws Error with its output if it fails, or after five minutes
 */
export function runNode<T>(file: string, { args = [], nodeArgs = [], env = {} }: NodeOptions = {}): Promise<T> {
  const options = {
    timeout: TIMEOUT_MS,
    maxBuffer: 2 ** 26,
    killSignal: "SIGKILL",
    env: { ...process.env, ...env },
  } as const;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...nodeArgs, file, ...args.map(String)], options, (error, stdout) => {
      if (error !== null) return reject(error);
      const lines = stdout.trim().split("\n");
      resolve(JSON.parse(lines.at(-1) ?? "") as T);
    });
  });
}

/** A server in a process of its own. */
export interface ServerProcess {
  /** The first line of its output: a port or a URL. */
  readonly address: string;
  readonly pid: number;
  /** Sends it a line and returns its answer, a line. */
  ask(line: string): Promise<string>;
  /** Kills it. Its port is closed afterwards. */
  stop(): Promise<void>;
}

/** Starts a compiled server, and waits for its address. */
export async function startServer(
  file: string,
  { args = [], nodeArgs = [], env = {} }: NodeOptions = {},
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [...nodeArgs, file, ...args.map(String)], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`the process ended without an answer: ${file}`);
    return String(value);
  };
  return {
    address: await nextLine(),
    pid: child.pid ?? 0,
    ask: (line) => {
      child.stdin.write(`${line}\n`);
      return nextLine();
    },
    stop: () => kill(child),
  };
}

/** Kills a process, and waits for its end. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = once(child, "exit");
  child.kill("SIGKILL");
  await over;
}
