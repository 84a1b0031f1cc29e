import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

/** Something that a worker did, in the order in which it did it. */
export interface Mark {
  readonly what: "start" | "end" | "abort" | "refused" | "term" | "closed";
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The id of the task and the number of the attempt, where it was about one. */
  readonly task: string;
  readonly attempt: number;
}

/** A worker in a process of its own. */
export interface WorkerProcess {
  readonly pid: number;
  /**
   * Lets it listen.
   *
   * @param port - 0 for any
   * @returns the port
   */
  listen(port: number): Promise<number>;
  /** @returns its exit code once it has ended, or the signal that killed it */
  end(signal: "SIGTERM" | "SIGKILL"): Promise<number | string>;
}

const script = fileURLToPath(new URL("shutdown-worker.ts", import.meta.url));

/**
 * @param marks - the file that it writes down in what it does
 * @param graceMs - how long handlers may go on once it is told to end
 * @returns the process, which does not listen yet
 */
export async function startWorkerProcess(marks: string, graceMs: number): Promise<WorkerProcess> {
  const env = { ...process.env, MARKS: marks, GRACE: String(graceMs) };
  const child = fork(script, { env, execArgv: ["--import", "tsx"] });
  const exit = once(child, "exit");
  await answer(child, exit);
  return {
    pid: child.pid ?? 0,
    async listen(port) {
      child.send(port);
      return ((await answer(child, exit)) as AddressInfo).port;
    },
    async end(signal) {
      child.kill(signal);
      const [code, killedBy] = await exit;
      return code ?? killedBy;
    },
  };
}

async function answer(child: ChildProcess, exit: Promise<unknown>): Promise<unknown> {
  const gone = exit.then(() => Promise.reject(new Error("the worker ended before it answered")));
  const [message] = await Promise.race([once(child, "message"), gone]);
  return message;
}

/** @returns what all workers did, in order */
export async function readMarks(file: string): Promise<readonly Mark[]> {
  const lines = (await readFile(file, "utf8")).split("\n").filter(Boolean);
  return lines.map((line) => {
    const [what, pid, at, task = "", attempt] = line.split(" ");
    return { what: what as Mark["what"], pid: Number(pid), at: Number(at), task, attempt: Number(attempt) };
  });
}
