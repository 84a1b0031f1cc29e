import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { createTask, listTasks } from "../support/api.ts";
import { dataDir } from "../support/data-dir.ts";

/** [the change, how it is made]. The emulator keeps the removed files open. */
const changes: readonly (readonly [what: string, change: (directory: string) => void])[] = [
  ["the directory is removed", (directory) => rmSync(directory, { recursive: true })],
  ["the directory is renamed", (directory) => renameSync(directory, `${directory}-moved`)],
  ["the database is removed", (directory) => rmSync(join(directory, "emulator.db"))],
  ["the log of the database is removed", (directory) => rmSync(join(directory, "emulator.db-wal"))],
  [
    "the database is replaced by a copy",
    (directory) => {
      copyFileSync(join(directory, "emulator.db"), join(directory, "copy"));
      renameSync(join(directory, "copy"), join(directory, "emulator.db"));
    },
  ],
];

test.runIf(process.platform !== "win32").each(changes)(
  "after %s, nothing is acknowledged that would be lost",
  async (_, change) => {
    const directory = join(dataDir(), "data");
    const emulator = await createEmulator({ dataDir: directory });
    expect((await createTask(emulator, { delaySeconds: 60 })).status).toBe(200);
    change(directory);
    for (const id of ["a", "b"]) {
      const { status, body } = await createTask(emulator, { id, delaySeconds: 60 });
      expect([status, body.error?.message]).toEqual([503, expect.stringContaining("was changed while the emulator")]);
    }
    expect((await emulator.failed).message).toMatch(/emulator\.db(-wal)? was (removed|replaced)/);
    await expect(emulator.close()).rejects.toThrow("was changed while the emulator was running");
  },
);

test("an emulator can start in the place of a directory that was removed", async () => {
  const directory = join(dataDir(), "data");
  const before = await createEmulator({ dataDir: directory });
  rmSync(directory, { recursive: true });
  await createTask(before);
  await expect(before.close()).rejects.toThrow("was removed");
  await using after = await createEmulator({ dataDir: directory });
  expect((await createTask(after, { delaySeconds: 60 })).status).toBe(200);
  expect(await listTasks(after)).toHaveLength(1);
});

const longLine = Buffer.alloc(1024 * 1024, "x");
const intruders: readonly (readonly [what: string, place: (path: string) => void, message: string])[] = [
  ["a directory", (path) => mkdirSync(path), "is a directory, not a file"],
  ["a FIFO", (path) => void execFileSync("mkfifo", [path]), "is a FIFO, not a file"],
];
const files = ["emulator.db", "emulator.db-wal", "history.1.jsonl", "history.2.jsonl"];
const rows = intruders.flatMap(([what, place, message]) => files.map((file) => [what, file, place, message] as const));

test.runIf(process.platform !== "win32").each(rows)(
  "%s in place of %s is rejected",
  async (_, file, place, message) => {
    const directory = dataDir();
    place(join(directory, file));
    const started = createEmulator({ dataDir: directory });
    await expect(started).rejects.toMatchObject({ name: "StoreError", code: "unusable" });
    await expect(started).rejects.toThrow(
      `The data directory ${directory} cannot be used: ${join(directory, file)} ${message}`,
    );
  },
);

test("a journal with a line of 400 MB is rejected at once", async () => {
  const directory = dataDir();
  const path = join(directory, "history.1.jsonl");
  for (let written = 0; written < 400; written += 1) writeFileSync(path, longLine, { flag: "a" });
  const start = performance.now();
  await expect(createEmulator({ dataDir: directory })).rejects.toThrow(
    /history\.1\.jsonl.+a line is longer than 64 MiB\. Move it/,
  );
  expect(performance.now() - start).toBeLessThan(5_000);
});
