import { expect, test } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite-store.ts";
import { dataDir } from "../support/data-dir.ts";
import { contents, queue, taskOf } from "../support/records.ts";
import { storeProgram } from "../support/store-process.ts";

const { start } = storeProgram("node_modules");

/** Returns the differences between a store and the lines that its writer processes have printed. */
async function inconsistencies(directory: string, lines: readonly string[]): Promise<string[]> {
  const store = await openSqliteStore(directory);
  const { tasks, tombstones } = contents(store);
  const stored = new Set(tasks.map(({ sequence }) => sequence));
  const deleted = new Set(tombstones.map(({ reusableAt }) => reusableAt));
  const numbers = (prefix: string): number[] =>
    lines.filter((line) => line.startsWith(prefix)).map((line) => Number(line.slice(1)));
  const found = [
    ...numbers("+")
      .filter((number) => !(stored.has(number) || deleted.has(number)))
      .map((number) => `task ${number} is lost`),
    ...numbers("-")
      .filter((number) => stored.has(number))
      .map((number) => `task ${number} is back`),
    ...numbers("-")
      .filter((number) => !deleted.has(number))
      .map((number) => `task ${number} left no tombstone`),
    ...[...stored].filter((number) => deleted.has(number)).map((number) => `task ${number} exists and has a tombstone`),
    ...[...stored]
      .filter((number) => store.requestOf(taskOf(queue, number))?.body.every((byte) => byte === number % 256) !== true)
      .map((number) => `task ${number} has lost its request`),
  ];
  await store.close();
  return found;
}

test("changes that were safe when the process was killed are there for the next process", async () => {
  const directory = dataDir();
  const lines: string[] = [];
  for (let round = 0; round < 12; round += 1) {
    const writer = start(directory);
    await writer.printed(1 + round * 23);
    writer.process.kill("SIGKILL");
    await writer.ended;
    lines.push(...writer.lines);
    expect(await inconsistencies(directory, lines)).toEqual([]);
  }
  expect(lines.filter((line) => line === "open")).toHaveLength(12);
  expect(lines.length).toBeGreaterThan(12 * 100);
}, 60_000);

test("on a full disk, no acknowledged change is lost, and every caller gets the reason", async () => {
  const directory = dataDir();
  const writer = start(directory, "ulimit -f 1000");
  await writer.ended;
  const errors = writer.lines.filter((line) => line.startsWith("!"));
  expect(errors).toHaveLength(10);
  expect(new Set(errors).size).toBe(1);
  expect(errors[0]).toMatch(/^! StoreError: The data directory .+ cannot be written: .+ Check the disk/);
  expect(errors[0]).toContain(directory);
  expect(writer.lines.length).toBeGreaterThan(100);
  expect(await inconsistencies(directory, writer.lines)).toEqual([]);
}, 30_000);
