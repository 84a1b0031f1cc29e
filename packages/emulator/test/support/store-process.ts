import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll } from "vitest";

/** A process that writes to a store. */
export interface StoreProcess {
  readonly process: ChildProcess;
  /** Everything that it has printed so far. */
  readonly lines: readonly string[];
  /** Resolves once it has printed that many lines, or has ended. */
  printed(count: number): Promise<void>;
  /** Resolves when it has ended, and everything that it printed is there. */
  readonly ended: Promise<void>;
}

/**
 * Makes `store-writer.ts` a program for the tests of a file, so that each process of it starts in no time.
 *
 * @param folder - where it stands, which decides whether it finds libsql
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
