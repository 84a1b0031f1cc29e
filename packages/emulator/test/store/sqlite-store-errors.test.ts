import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import Sqlite from "libsql";
import { expect, test } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite-store.ts";
import { dataDir } from "../support/data-dir.ts";
import { request } from "../support/engine.ts";
import { contents, queue, taskOf } from "../support/records.ts";
import { storeProgram } from "../support/store-process.ts";

const program = storeProgram("node_modules");
const programWithoutLibsql = storeProgram(tmpdir());

/** Creates a data directory with 500 tasks. */
async function createFilled(): Promise<string> {
  const directory = dataDir();
  const store = await openSqliteStore(directory);
  store.putQueue(queue);
  for (let sequence = 1; sequence <= 500; sequence += 1) {
    store.insertTask(taskOf(queue, sequence), { ...request, body: new Uint8Array(300) });
  }
  await store.close();
  return directory;
}

/** Returns the error of opening a directory. Expects the same error twice, and an unchanged directory. */
async function openError(directory: string): Promise<unknown> {
  const before = bytes(directory);
  const [first, second] = [await tryToOpen(directory), await tryToOpen(directory)];
  expect(bytes(directory)).toEqual(before);
  expect(second).toEqual(first);
  return first;
}

function tryToOpen(directory: string): Promise<unknown> {
  return openSqliteStore(directory).then(
    () => "opened",
    (reason: unknown) => reason,
  );
}

function bytes(directory: string): string[] {
  const files = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ name }) => `${name} ${readFileSync(join(directory, name), "base64")}`).sort();
}

function sql(directory: string, statements: string): void {
  mkdirSync(directory, { recursive: true });
  new Sqlite(join(directory, "emulator.db")).exec(statements);
}

function overwrite(file: string, at: number, length: number): void {
  const content = readFileSync(file);
  content.fill(0xa5, at, at + length);
  writeFileSync(file, content);
}

const moveAway = "To start without data, move ";

test.each<[what: string, code: string, message: string, damage: (file: string) => void]>([
  [
    "is not a database",
    "foreign",
    "is not a SQLite database",
    (file) => writeFileSync(file, "a shopping list\n".repeat(500)),
  ],
  ["has lost its first bytes", "foreign", "its first bytes are damaged", (file) => overwrite(file, 0, 100)],
  ["was cut short", "damaged", "is damaged", (file) => truncateSync(file, 8 * 4096)],
  ["has lost its schema", "damaged", "is damaged", (file) => overwrite(file, 100, 3_000)],
  ["has lost pages in the middle", "damaged", "is damaged", (file) => overwrite(file, 10 * 4096, 3 * 4096)],
  [
    "is from a newer version",
    "newer",
    "was written by a newer version of the emulator: its format is 99, but this version supports formats up to 3. Update the",
    (file) => sql(dirname(file), "PRAGMA user_version = 99"),
  ],
  [
    "belongs to another application",
    "foreign",
    "is the database of another application",
    (file) => sql(dirname(file), "PRAGMA application_id = 7"),
  ],
])("a database that %s is rejected with advice and left unchanged", async (_, code, message, damage) => {
  const directory = await createFilled();
  const file = join(directory, "emulator.db");
  damage(file);
  const error = await openError(directory);
  expect(error).toMatchObject({ name: "StoreError", code, message: expect.stringContaining(message) });
  expect(error).toMatchObject({ message: expect.stringContaining(`${moveAway}${file} elsewhere`) });
  expect(error).toMatchObject({ message: expect.stringContaining(`The data directory ${directory} `) });
});

test("a database of another application without an application id is rejected", async () => {
  const directory = dataDir();
  sql(directory, "CREATE TABLE song(title TEXT); INSERT INTO song VALUES ('x')");
  expect(await openError(directory)).toMatchObject({ code: "foreign" });
});

test.each<[what: string, place: (directory: string) => string, message: string]>([
  ["its path is a file", (directory) => join(directory, "file"), "cannot be created: EEXIST"],
  ["its parent is a file", (directory) => join(directory, "file", "below"), "cannot be created: E"],
])("a directory that cannot be used is rejected: %s", async (_, place, message) => {
  const directory = dataDir();
  writeFileSync(join(directory, "file"), "");
  await expect(openSqliteStore(place(directory))).rejects.toMatchObject({
    name: "StoreError",
    code: "unusable",
    message: expect.stringContaining(`The data directory ${place(directory)} ${message}`),
  });
});

test("a directory that does not exist is created, together with its parents", async () => {
  const directory = join(dataDir(), "a", "b");
  const store = await openSqliteStore(directory);
  await store.close();
  expect(readdirSync(directory).sort()).toEqual([".gitignore", "emulator.db"]);
  expect(readFileSync(join(directory, ".gitignore"), "utf8")).toBe("*\n");
  expect(readdirSync(join(directory, ".."))).toEqual(["b"]);
});

test.skipIf(process.platform === "win32")(
  "a created directory and its files are accessible to their owner only",
  async () => {
    const directory = join(dataDir(), "a");
    const store = await openSqliteStore(directory);
    store.putQueue(queue);
    await store.flushed();
    const modes = ["", "emulator.db", "emulator.db-wal"].map((name) => statSync(join(directory, name)).mode & 0o777);
    await store.close();
    expect(modes).toEqual([0o700, 0o600, 0o600]);
  },
);

test("a second store in the same process is rejected until the first one is closed", async () => {
  const directory = dataDir();
  const first = await openSqliteStore(directory);
  await expect(openSqliteStore(directory)).rejects.toMatchObject({
    code: "in-use",
    message: `The data directory ${directory} is in use by another emulator. Stop that one, or choose another directory.`,
  });
  first.putQueue(queue);
  await first.close();
  const second = await openSqliteStore(directory);
  expect(contents(second).queues).toEqual([queue]);
  await second.close();
});

test("a directory that another process uses is rejected until that process ends, even if it was killed", async () => {
  const directory = dataDir();
  const writer = program.start(directory);
  await writer.printed(1);
  await expect(openSqliteStore(directory)).rejects.toMatchObject({ code: "in-use" });
  writer.process.kill("SIGKILL");
  await writer.ended;
  const store = await openSqliteStore(directory);
  expect(contents(store).queues).toEqual([queue]);
  await store.close();
});

test("a directory that this process has closed and opened again is locked against other processes", async () => {
  const directory = dataDir();
  const first = await openSqliteStore(directory);
  await first.close();
  const second = await openSqliteStore(directory);
  const writer = program.start(directory);
  await writer.ended;
  await second.close();
  expect(writer.lines.join("\n")).toContain(`The data directory ${directory} is in use by another emulator.`);
});

test("without libsql the error explains how to install it, and how to start without a data directory", async () => {
  const writer = programWithoutLibsql.start(dataDir());
  await writer.ended;
  const output = writer.lines.join("\n");
  expect(output).toContain(`could not be loaded on ${process.platform}-${process.arch}: Cannot find package 'libsql'`);
  expect(output).toContain("start the emulator without a data directory to keep everything in memory");
});

test("of two stores that are opened at the same time, one gets the directory and the other is rejected", async () => {
  const directory = dataDir();
  const ends = await Promise.allSettled([openSqliteStore(directory), openSqliteStore(directory)]);
  expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const opened = ends.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
  await Promise.all(opened.map((store) => store.close()));
});

test.runIf(process.platform === "linux")(
  "a path that cannot be created is rejected, and opening it does not hang",
  async () => {
    await expect(openSqliteStore("/proc/nope")).rejects.toMatchObject({ code: "unusable" });
  },
);
