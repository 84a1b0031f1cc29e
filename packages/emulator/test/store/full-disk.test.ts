import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { dataDir } from "../support/data-dir.ts";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const PROGRAM = fileURLToPath(new URL("../support/full-disk.ts", import.meta.url));

/** The output of the program `full-disk.ts`. */
interface Output {
  readonly confirmed: readonly string[];
  readonly rejected: readonly string[];
  readonly later: Readonly<Record<string, string>>;
  readonly failed: string;
  readonly closed: string;
  readonly locked: unknown;
  readonly lost: readonly string[];
}

test.runIf(process.platform === "linux")(
  "on a full disk no confirmed task is lost, every call is rejected, and a restart works once there is space",
  async () => {
    // The log is merged into the database at 4 MB, so both the database and the log grow until the disk is full.
    const line = 'ulimit -S -f 12000; exec "$0" --import tsx "$@"';
    const options = { cwd: ROOT, timeout: 60_000 };
    const { stdout } = await promisify(execFile)("sh", ["-c", line, process.execPath, PROGRAM, dataDir()], options);
    const output = JSON.parse(stdout) as Output;
    const unavailable = expect.stringMatching(
      /^UNAVAILABLE: The data directory .+ cannot be written: .+ Check the disk/,
    );
    expect(output.lost).toEqual([]);
    expect(output.confirmed.length).toBeGreaterThan(10);
    expect(new Set(output.rejected).size).toBe(1);
    expect(output.rejected[0]).toEqual(unavailable);
    const { idle, ...answers } = output.later;
    for (const answer of Object.values(answers)) expect(answer).toEqual(unavailable);
    expect(new Set([`UNAVAILABLE: ${idle}`, `UNAVAILABLE: ${output.failed}`, `UNAVAILABLE: ${output.closed}`])).toEqual(
      new Set([output.rejected[0]]),
    );
    expect(output.locked).toMatch(
      /^The data directory .+ cannot be used: .+ Choose a directory that this process can write/,
    );
  },
  60_000,
);
