import { expect, test } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite-store.ts";
import { dataDir } from "../support/data-dir.ts";
import { contents, queue, taskOf } from "../support/records.ts";
import { storeProgram } from "../support/store-process.ts";

const { start } = storeProgram("node_modules");

/** What is wrong with a store after processes that said these lines wrote to it. */
async function faults(directory: string, lines: readonly string[]): Promise<string[]> {
  const store = await openSqliteStore(directory);
  const { tasks, tombstones } = contents(store);
  const held = new Set(tasks.map(({ sequence }) => sequence));
  const gone = new Set(tombstones.map(({ reusableAt }) => reusableAt));
  const numbers = (sign: string): number[] =>
    lines.filter((line) => line.startsWith(sign)).map((line) => Number(line.slice(1)));
  const found = [
    ...numbers("+")
      .filter((number) => !(held.has(number) || gone.has(number)))
      .map((number) => `task ${number} is lost`),
    ...numbers("-")
      .filter((number) => held.has(number))
      .map((number) => `task ${number} is back`),
    ...numbers("-")
      .filter((number) => !gone.has(number))
      .map((number) => `task ${number} left no tombstone`),
    ...[...held].filter((number) => gone.has(number)).map((number) => `task ${number} is there and gone`),
    ...[...held]
      .filter((number) => store.requestOf(taskOf(queue, number))?.body.every((byte) => byte === number % 256) !== true)
      .map((number) => `task ${number} has lost its request`),
  ];
  await store.close();
  return found;
}

test("whatever was safe when a process was killed is there for the next one, again and again", async () => {
  const directory = dataDir();
  const said: string[] = [];
  for (let round = 0; round < 12; round += 1) {
    const writer = start(directory);
    await writer.printed(1 + round * 23);
    writer.process.kill("SIGKILL");
    await writer.ended;
    said.push(...writer.lines);
    expect(await faults(directory, said)).toEqual([]);
  }
  expect(said.filter((line) => line === "open")).toHaveLength(12);
  expect(said.length).toBeGreaterThan(12 * 100);
}, 60_000);

test("a disk that takes no more: nothing is acknowledged that is not kept, and every caller is told why", async () => {
  const directory = dataDir();
  const writer = start(directory, "ulimit -f 1000");
  await writer.ended;
  const complaints = writer.lines.filter((line) => line.startsWith("!"));
  expect(complaints).toHaveLength(10);
  expect(new Set(complaints).size).toBe(1);
  expect(complaints[0]).toMatch(/^! StoreError: The data directory .+ cannot be written: .+ See to the disk/);
  expect(complaints[0]).toContain(directory);
  expect(writer.lines.length).toBeGreaterThan(100);
  expect(await faults(directory, writer.lines)).toEqual([]);
}, 30_000);
