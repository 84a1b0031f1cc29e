import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";

/** The root of the repository: its tsconfig.json maps the packages to their sources. */
export const ROOT = resolve(import.meta.dirname, "../../../..");
/** `npm test` has built the command before, and starting it takes a fifth of the time that its sources take. */
export const COMMAND: readonly string[] = process.env.TESTS_BUILT
  ? ["packages/cli/dist/cli.js"]
  : ["--import", "tsx", "packages/cli/src/cli.ts"];

/** The command in a process of its own. */
export interface Spawned extends AsyncDisposable {
  readonly child: ChildProcess;
  /** Returns the output so far. */
  out(): string;
  err(): string;
  /** Resolves when stdout matches; rejects if the command ends before. */
  seen(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves with the exit code, or the signal that ended it. */
  ended(): Promise<number | NodeJS.Signals | null>;
  /** Sends a signal and waits for the end. */
  kill(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

/** Runs `cloudtask …`, by default from the sources. */
export function spawnCloudtask(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  program: readonly string[] = COMMAND,
): Spawned {
  const { CLOUD_TASKS_EMULATOR_HOST: _, FORCE_COLOR: __, ...own } = process.env;
  const options = { cwd: ROOT, env: { ...own, ...env } };
  const child = spawn(process.execPath, [...program, ...args], { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const text = { out: "", err: "" };
  child.stdout?.setEncoding("utf8").on("data", (chunk) => {
    text.out += chunk;
  });
  child.stderr?.setEncoding("utf8").on("data", (chunk) => {
    text.err += chunk;
  });
  const exit = once(child, "close").then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals | null);
  const spawned: Spawned = {
    child,
    out: () => text.out,
    err: () => text.err,
    seen: (pattern) => seen(child, pattern, () => text),
    ended: () => exit,
    kill: (signal) => {
      child.kill(signal);
      return exit;
    },
    [Symbol.asyncDispose]: async () => void (await spawned.kill("SIGKILL")),
  };
  return spawned;
}

async function seen(
  child: ChildProcess,
  pattern: RegExp,
  text: () => { out: string; err: string },
): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const match = pattern.exec(text().out);
      if (match) resolve(match);
    };
    look();
    child.stdout?.on("data", look);
    child.once("close", () => reject(new Error(`ended without ${pattern}: ${text().out}${text().err}`)));
  });
}

/** The line of `--json`. */
export interface Ready {
  readonly url: string;
  readonly host: string;
  readonly project: string;
  readonly location: string;
  readonly queues: readonly string[];
  readonly dataDir: string | null;
}

/** Starts an emulator on any port and waits until it is ready. */
export async function startEmulator(...args: readonly string[]): Promise<Spawned & { readonly ready: Ready }> {
  const spawned = spawnCloudtask(["emulator", "--json", "--port", "0", ...args]);
  const [line] = await spawned.seen(/^.*\n/);
  return { ...spawned, ready: JSON.parse(line) as Ready };
}
