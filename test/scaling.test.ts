import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createEmulator, ManualClock } from "@cloudtask/emulator";
import { CloudTaskClient, type Queues } from "cloudtask";
import { createAdmin } from "cloudtask/admin";
import { cloudTaskListener } from "cloudtask/node";
import { expect, onTestFinished, test, vi } from "vitest";
import { allPages, writePages } from "./support/docs-pages.ts";

const TASKS = 2_400;
const SHARDS = 16;
const RATE = 20;
/** The burst that Cloud Tasks derives from this rate. */
const BURST = 10;

interface Drained {
  /** Seconds from the first delivery to the last, on the clock of the emulator. */
  readonly seconds: number;
  /** The number of tasks of each queue. */
  readonly counts: readonly number[];
}

/** Pushes tasks to the queue `work`, and delivers them all. */
async function drain(queues: Queues): Promise<Drained> {
  const clock = new ManualClock("2030-01-01T00:00:00Z");
  const emulator = await createEmulator({ clock, queues, history: { attempts: 0 } });
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const client = new CloudTaskClient({ url, queues, queue: "work", emulatorHost: emulator.host, secret: "s3cret-key" });
  onTestFinished(async () => {
    await Promise.all([client.close(), emulator.close()]);
    server.close().closeAllConnections();
  });
  const times: number[] = [];
  const task = client.task("work", (_: number) => void times.push(clock.now()));
  server.on("request", cloudTaskListener(client));
  await using admin = createAdmin(client);
  for (const name of emulator.queues) await admin.queues.pause(name);
  const results = await client.pushMany(Array.from({ length: TASKS }, (_, index) => task(index)));
  for (const name of emulator.queues) await admin.queues.resume(name);
  await emulator.advance("1h");
  expect(times).toHaveLength(TASKS);
  const counts = emulator.queues.map(
    (name) => results.filter(({ result }) => result.name.startsWith(`${name}/`)).length,
  );
  return { seconds: (Math.max(...times) - Math.min(...times)) / 1_000, counts };
}

test("shards drain in the computed time, and one queue takes about as many times longer as there are shards", async () => {
  const one = await drain({ work: { rate: RATE } });
  expect(one.seconds).toBeCloseTo((TASKS - BURST) / RATE, 0);
  const sharded = await drain({ work: { rate: RATE, shards: SHARDS } });
  expect(sharded.counts).toHaveLength(SHARDS);
  expect(sharded.seconds).toBeCloseTo((Math.max(...sharded.counts) - BURST) / RATE, 0);
  // A random spread fills the fullest shard a third above the average.
  expect(one.seconds / sharded.seconds).toBeGreaterThan(SHARDS * 0.65);
}, 60_000);

const page = (await allPages()).find(({ path }) => path === "scaling.md");

test("the figures of the ramp-up follow from 500/50/5", () => {
  const rows = [...(page?.text ?? "").matchAll(/(\d+) min \| ([\d,]+)(?= \|)/g)].map(([, minutes, rate = ""]) => ({
    minutes: Number(minutes),
    rate: Number(rate.replaceAll(",", "")),
  }));
  expect(rows).toHaveLength(8);
  for (const { minutes, rate } of rows) expect(rate).toBe(Math.round(500 * 1.5 ** (minutes / 5)));
});

test("the prices follow from $0.40 per million operations beyond the first", () => {
  const rows = [...(page?.text ?? "").matchAll(/\| ([\d,]+) \| \$([\d.]+) \|/g)];
  expect(rows).toHaveLength(4);
  for (const [, operations = "", price] of rows) {
    expect(Number(price)).toBeCloseTo((Number(operations.replaceAll(",", "")) / 1e6 - 1) * 0.4, 2);
  }
});

test("the code of the page creates the shards and adds them up", async () => {
  const emulator = await createEmulator();
  onTestFinished(() => emulator.close());
  vi.stubEnv("CLOUD_TASKS_EMULATOR_HOST", emulator.host);
  vi.stubEnv("TASKS_SECRET", "s3cret-key");
  onTestFinished(() => void vi.unstubAllEnvs());
  const print = vi.spyOn(console, "log").mockReturnValue();
  onTestFinished(() => void vi.restoreAllMocks());
  const { folder, files, remove } = await writePages(".", page === undefined ? [] : [page]);
  onTestFinished(remove);
  for (const file of files) await import(join(folder, file));
  expect(print.mock.calls).toEqual([["16 shards deliver up to 8000 tasks per second; 0 are waiting"]]);
});
