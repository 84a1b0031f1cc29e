import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { dataDir } from "../support/data-dir.ts";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const PROGRAM = fileURLToPath(new URL("../support/full-disk.ts", import.meta.url));

/** What the program of `full-disk.ts` saw. */
interface Seen {
  readonly confirmed: readonly string[];
  readonly refused: readonly string[];
  readonly later: Readonly<Record<string, string>>;
  readonly failed: string;
  readonly closed: string;
  readonly locked: unknown;
  readonly lost: readonly string[];
}

test.runIf(process.platform === "linux")(
  "on a full disk no confirmed task is lost, every call is refused, and there is a way on once there is room",
  async () => {
    // The log is taken over at 4 MB, so that the disk fills with both the database and the log.
    const line = 'ulimit -S -f 12000; exec "$0" --import tsx "$@"';
    const options = { cwd: ROOT, timeout: 60_000 };
    const { stdout } = await promisify(execFile)("sh", ["-c", line, process.execPath, PROGRAM, dataDir()], options);
    const seen = JSON.parse(stdout) as Seen;
    const unavailable = expect.stringMatching(
      /^UNAVAILABLE: The data directory .+ cannot be written: .+ See to the disk/,
    );
    expect(seen.lost).toEqual([]);
    expect(seen.confirmed.length).toBeGreaterThan(10);
    expect(new Set(seen.refused).size).toBe(1);
    expect(seen.refused[0]).toEqual(unavailable);
    const { idle, ...answers } = seen.later;
    for (const answer of Object.values(answers)) expect(answer).toEqual(unavailable);
    expect(new Set([`UNAVAILABLE: ${idle}`, `UNAVAILABLE: ${seen.failed}`, `UNAVAILABLE: ${seen.closed}`])).toEqual(
      new Set([seen.refused[0]]),
    );
    expect(seen.locked).toMatch(
      /^The data directory .+ cannot be used: .+ Choose a directory that this process can write/,
    );
  },
  60_000,
);
