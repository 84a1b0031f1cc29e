import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** A message to the target process: the run that starts now, and its number of tasks. */
export interface Expect {
  readonly run: string;
  readonly expected: number;
}

/** The arrivals of one run. */
export interface Arrivals {
  readonly run: string;
  /** For each task number, the time of its first arrival, by `now()`; 0 if it did not arrive. */
  readonly times: readonly number[];
  /** The share of the time between the first and the last arrival for which the target was busy, 0 to 1. */
  readonly utilization: number;
}

/** @returns milliseconds of a monotonic clock that all processes of this machine share */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Controls the process of `target-process.ts`. */
export class Target {
  readonly port: number;
  readonly #child: ChildProcess;
  #runs = 0;

  private constructor(port: number, child: ChildProcess) {
    this.port = port;
    this.#child = child;
  }

  static async start(path: string): Promise<Target> {
    const child = fork(path, { serialization: "advanced" });
    const [{ port }] = (await once(child, "message")) as [{ readonly port: number }];
    return new Target(port, child);
  }

  /** Starts a run of `expected` tasks, whose URLs are `url(0)`, `url(1)` … Arrivals of earlier runs are ignored. */
  expect(expected: number): { url(id: number): string; arrivals(timeoutMs: number): Promise<Arrivals> } {
    this.#runs += 1;
    const run = `run-${this.#runs}`;
    const message: Expect = { run, expected };
    this.#child.send(message);
    const reported = once(this.#child, "message") as Promise<[Arrivals]>;
    return {
      url: (id) => `http://127.0.0.1:${this.port}/${run}/${id}`,
      arrivals: async (timeoutMs) => {
        const timer = setTimeout(() => this.#child.send("report"), timeoutMs);
        const [arrivals] = await reported;
        clearTimeout(timer);
        return arrivals;
      },
    };
  }

  stop(): void {
    this.#child.disconnect();
  }
}
