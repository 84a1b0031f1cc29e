import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll } from "vitest";

/** A running `store-writer.ts`. */
export interface StoreProcess {
  readonly process: ChildProcess;
  /** The lines printed so far. */
  readonly lines: readonly string[];
  /** Resolves when `count` lines are printed, or the process has ended. */
  printed(count: number): Promise<void>;
  /** Resolves when the process has ended and all its output is in `lines`. */
  readonly ended: Promise<void>;
}

/**
 * Bundles `store-writer.ts` once for all tests of a file, so its processes start quickly.
 *
 * @param folder - the folder of the bundle. It determines whether the bundle can resolve libsql.
 */
export function storeProgram(folder: string): { readonly start: (directory: string, limit?: string) => StoreProcess } {
  let home = "";
  beforeAll(async () => {
    home = await mkdtemp(join(folder, ".store-writer-"));
    await build({
      entryPoints: [fileURLToPath(new URL("./store-writer.ts", import.meta.url))],
      outfile: join(home, "store-writer.mjs"),
      bundle: true,
      platform: "node",
      format: "esm",
      external: ["libsql"],
    });
  });
  afterAll(() => rm(home, { recursive: true }));
  return { start: (directory, limit) => start([join(home, "store-writer.mjs"), directory], limit) };
}

function start(args: readonly string[], limit = ":"): StoreProcess {
  const child = spawn("sh", ["-c", `${limit}; exec "$0" "$@"`, process.execPath, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const waiting = new Map<() => void, number>();
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => {
    lines.push(line);
    for (const [resolve, count] of waiting) if (lines.length >= count) resolve();
  });
  child.stderr.on("data", (chunk) => lines.push(...`${chunk}`.trim().split("\n")));
  const ended = Promise.all([once(child, "close"), once(reader, "close")]).then(() => undefined);
  return {
    process: child,
    lines,
    ended,
    printed: (count) => Promise.race([ended, new Promise<void>((resolve) => waiting.set(resolve, count))]),
  };
}
