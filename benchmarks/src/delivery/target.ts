import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** What the target is told: which run counts from now on, and how many tasks it has. */
export interface Expect {
  readonly run: string;
  readonly expected: number;
}

/** What the target noted of a run. */
export interface Arrivals {
  readonly run: string;
  /** By the number of the task, when it came for the first time, as `now()` tells; 0 where it did not come. */
  readonly times: readonly number[];
  /** The share of the time, from the first to the last arrival, that the target was busy. */
  readonly utilization: number;
}

/** @returns milliseconds on a clock that all processes of this machine share, and that nobody sets */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** The process of `target-process.ts`. */
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

  /** Forgets what came before, and waits for so many tasks, whose URLs are `url(0)`, `url(1)` … */
  expect(expected: number): { url(id: number): string; arrivals(patienceMs: number): Promise<Arrivals> } {
    this.#runs += 1;
    const run = `run-${this.#runs}`;
    const message: Expect = { run, expected };
    this.#child.send(message);
    const reported = once(this.#child, "message") as Promise<[Arrivals]>;
    return {
      url: (id) => `http://127.0.0.1:${this.port}/${run}/${id}`,
      arrivals: async (patienceMs) => {
        const timer = setTimeout(() => this.#child.send("report"), patienceMs);
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
