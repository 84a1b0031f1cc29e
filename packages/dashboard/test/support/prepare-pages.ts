import { spawnSync } from "node:child_process";
import { readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import chromium from "@sparticuz/chromium";

const PACKAGE = resolve(import.meta.dirname, "../..");
const DIST = join(PACKAGE, "dist");
const LOCK = join(PACKAGE, ".dist-lock");

/** A lock of this age was left by a process that was killed. */
const STALE_LOCK_MS = 120_000;

/**
 * Builds the pages, unless the build is newer than the sources, and unpacks the browser. Test files run at the same time, so one
 * does both while the others wait.
 */
export async function preparePages(): Promise<string> {
  await takeLock();
  try {
    if (process.env.TESTS_BUILT === undefined && newestTime(join(PACKAGE, "src")) > builtTime()) build();
    return await executablePath();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

async function takeLock(): Promise<void> {
  for (;;) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: "wx" });
      return;
    } catch {
      const { mtimeMs = Date.now() } = statSync(LOCK, { throwIfNoEntry: false }) ?? {};
      if (Date.now() - mtimeMs > STALE_LOCK_MS) rmSync(LOCK, { force: true });
      await setTimeout(100);
    }
  }
}

/** Builds into another folder, so an emulator never serves half of a build. */
function build(): void {
  const folder = join(PACKAGE, ".dist-new");
  const { status, stderr } = spawnSync("npx", ["vite", "build", "--outDir", folder, "--emptyOutDir"], {
    cwd: PACKAGE,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`vite build failed: ${stderr}`);
  rmSync(DIST, { recursive: true, force: true });
  renameSync(folder, DIST);
}

function builtTime(): number {
  return statSync(join(DIST, "index.html"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newestTime(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Math.max(...files.map(({ parentPath, name }) => statSync(join(parentPath, name)).mtimeMs));
}

/** `CHROMIUM` names another browser, on machines for which @sparticuz/chromium has none. */
async function executablePath(): Promise<string> {
  return process.env.CHROMIUM ?? chromium.executablePath();
}
