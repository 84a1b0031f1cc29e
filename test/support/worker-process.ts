import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { bundleScript } from "./bundle-script.ts";

/** An event in a worker process. */
export interface Mark {
  readonly event: "start" | "end" | "abort" | "rejected" | "term" | "closed";
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The id of the task; empty if the event does not concern a delivery. */
  readonly task: string;
  /** The number of the attempt. */
  readonly attempt: number;
}

/** A worker in a separate process. */
export interface WorkerProcess {
  readonly pid: number;
  /**
   * Starts to listen.
   *
   * @param port - 0 for a free port
   * @returns the port
   */
  listen(port: number): Promise<number>;
  /** Sends a signal and waits for the end. Resolves with the exit code, or with the signal that killed the process. */
  end(signal: "SIGTERM" | "SIGKILL"): Promise<number | string>;
}

const script = fileURLToPath(new URL("shutdown-worker.ts", import.meta.url));

/**
 * Starts a worker process, which does not listen yet.
 *
 * @param marks - the file to which it writes its events
 * @param graceMs - the grace period for running handlers during a shutdown
 */
export async function startWorkerProcess(marks: string, graceMs: number): Promise<WorkerProcess> {
  const env = { ...process.env, MARKS: marks, GRACE: String(graceMs) };
  const child = fork(await bundleScript(script), { env, execArgv: [] });
  const exit = once(child, "exit");
  await nextMessage(child, exit);
  return {
    pid: child.pid ?? 0,
    async listen(port) {
      child.send(port);
      return ((await nextMessage(child, exit)) as AddressInfo).port;
    },
    async end(signal) {
      child.kill(signal);
      const [code, killedBy] = await exit;
      return code ?? killedBy;
    },
  };
}

async function nextMessage(child: ChildProcess, exit: Promise<unknown>): Promise<unknown> {
  const exited = exit.then(() => Promise.reject(new Error("the worker exited before it answered")));
  const [message] = await Promise.race([once(child, "message"), exited]);
  return message;
}

/** Reads the events of all workers, in order. */
export async function readMarks(file: string): Promise<readonly Mark[]> {
  const lines = (await readFile(file, "utf8")).split("\n").filter(Boolean);
  return lines.map((line) => {
    const [event, pid, at, task = "", attempt] = line.split(" ");
    return { event: event as Mark["event"], pid: Number(pid), at: Number(at), task, attempt: Number(attempt) };
  });
}
