import { execFileSync } from "node:child_process";
import { cpus, loadavg, totalmem, type } from "node:os";

/** The machine of a run. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  /** The load averages of the last minute, before and after the run. */
  readonly load: readonly [number, number];
}

export function currentLoad(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10;
}

/** @param loadBefore - `currentLoad()` at the start of the run */
export function thisMachine(loadBefore: number): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: type(),
    node: process.version,
    load: [loadBefore, currentLoad()],
  };
}

export function describeMachine({ cpu, cores, memoryGiB, system, node }: Omit<Machine, "load">): string {
  return `${cores} × ${cpu}, ${memoryGiB} GiB, ${system}, Node ${node}`;
}

/** Returns the commit of the measured sources; with "+" if there are changes that are not committed. */
export function currentCommit(): string {
  try {
    const git = (...args: readonly string[]): string => execFileSync("git", args, { encoding: "utf8" }).trim();
    const isClean = git("status", "--porcelain", "--untracked-files=no", "--", "packages") === "";
    return git("rev-parse", "--short", "HEAD") + (isClean ? "" : "+");
  } catch {
    return "unknown";
  }
}
