import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { freePort } from "../../../test/support/free-port.ts";

type Env = Readonly<Record<string, string>>;

/** A server in a process of its own. */
export interface ServerProcess {
  readonly origin: string;
  /** Its output so far. */
  printed(): string;
  /** Sends SIGTERM, and returns the exit code. */
  stop(): Promise<number | null>;
  close(): Promise<void>;
}

/** The folder of a program, and additional environment variables. */
interface Place {
  readonly cwd: string;
  readonly env?: Env;
}

/**
 * Runs a program to its end, and returns its output.
 *
 * @param args - of Node
 * @throws Error if it fails
 */
export async function runNode(args: readonly string[], place: Place): Promise<string> {
  const child = start(args, place);
  const printed = listenTo(child);
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}:\n${printed()}`);
  return printed();
}

/**
 * Starts a server on a free port, which it receives as `PORT`, with `HOST` and `HOSTNAME`.
 *
 * @param args - of Node
 * @param place - its environment may depend on the origin
 * @param ready - text that it prints once it listens
 */
export async function serveNode(
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: (origin: string) => Env },
  ready: string,
): Promise<ServerProcess> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const child = start(args, {
    cwd,
    env: { ...env(origin), PORT: `${port}`, HOST: "127.0.0.1", HOSTNAME: "127.0.0.1" },
  });
  const printed = listenTo(child);
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on("data", () => printed().includes(ready) && resolve());
    child.once("close", () => reject(new Error(`the server did not start:\n${printed()}`)));
  });
  return {
    origin,
    printed,
    stop: async () => {
      child.kill("SIGTERM");
      const [code] = await once(child, "close");
      return code;
    },
    close: async () => {
      // Including its child processes.
      process.kill(-Number(child.pid), "SIGKILL");
      await once(child, "close");
    },
  };
}

/** Programs receive only the variables that are passed by name, not the test's environment. */
function start(args: readonly string[], { cwd, env }: Place): ChildProcess {
  const { PATH, HOME } = process.env;
  const given = { PATH, HOME, CI: "1", NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", ...env };
  return spawn(process.execPath, args, { cwd, env: given, detached: true });
}

function listenTo({ stdout, stderr }: ChildProcess): () => string {
  let printed = "";
  const append = (chunk: unknown): void => {
    printed += String(chunk);
  };
  stdout?.on("data", append);
  stderr?.on("data", append);
  return () => printed;
}
