import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../emulators/running-emulator.ts";
import { kill } from "../harness/child-process.ts";

/** A database server in a process of its own. */
export interface DatabaseServer {
  readonly port: number;
  readonly version: string;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 20_000;

/** Starts Redis without persistence, which is its fastest setting. Returns the reason if it is not available. */
export async function startRedis(): Promise<DatabaseServer | string> {
  const program = findProgram("redis-server");
  if (program === undefined) return "redis-server is not installed";
  const directory = mkdtempSync(join(tmpdir(), "cloudtask-redis-"));
  const port = await freePort();
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", directory];
  const child = spawn(program, args, { stdio: "ignore" });
  return started(child, port, directory, /v=(\S+)/.exec(output(program, "--version"))?.[1]);
}

/** Starts Postgres without `fsync`, which is its fastest setting. Returns the reason if it is not available. */
export async function startPostgres(): Promise<DatabaseServer | string> {
  const program = findProgram("postgres");
  if (program === undefined) return "postgres is not installed";
  const user = unprivilegedUser();
  if (typeof user === "string") return user;
  const directory = mkdtempSync(join(tmpdir(), "cloudtask-postgres-"));
  if (user.uid !== undefined) chownSync(directory, user.uid, user.gid ?? user.uid);
  const data = join(directory, "data");
  const initdb = join(dirname(realpathSync(program)), "initdb");
  execFileSync(initdb, ["-D", data, "-U", "postgres", "-A", "trust", "--no-sync"], { ...user, stdio: "ignore" });
  const port = await freePort();
  const settings = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    `unix_socket_directories=${directory}`,
  ];
  const args = ["-D", data, "-p", String(port), "-h", "127.0.0.1", ...settings.flatMap((each) => ["-c", each])];
  const child = spawn(realpathSync(program), args, { ...user, stdio: "ignore" });
  return started(child, port, directory, /\d[\d.]*/.exec(output(program, "--version"))?.[0]);
}

async function started(
  child: ChildProcess,
  port: number,
  directory: string,
  version = "unknown",
): Promise<DatabaseServer | string> {
  const stop = async (): Promise<void> => {
    await kill(child);
    rmSync(directory, { recursive: true, force: true });
  };
  const until = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < until && child.exitCode === null) {
    if (await accepts(port)) return { port, version, stop };
    await delay(50);
  }
  await stop();
  return `${child.spawnfile} did not start`;
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const connected = await once(socket, "connect").then(
    () => true,
    () => false,
  );
  socket.destroy();
  return connected;
}

function findProgram(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

function output(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { encoding: "utf8" });
}

/** Postgres does not run as root, so root runs it as the user that its package creates. */
function unprivilegedUser(): { readonly uid?: number; readonly gid?: number } | string {
  if (process.getuid?.() !== 0) return {};
  try {
    return { uid: Number(output("id", "-u", "postgres")), gid: Number(output("id", "-g", "postgres")) };
  } catch {
    return "Postgres does not run as root, and there is no user postgres";
  }
}
