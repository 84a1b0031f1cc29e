import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A directory of its own for a test, which goes with it. */
export function dataDir(): string {
  const directory = mkdtempSync(join(tmpdir(), "cloudtask-data-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
