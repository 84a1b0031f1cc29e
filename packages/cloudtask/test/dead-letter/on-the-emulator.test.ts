import { createEmulator } from "@cloudtask/emulator";
import { CloudTaskClient, createWorker, NonRetriableError } from "cloudtask";
import { expect, test } from "vitest";
import { deadLetterBench } from "../support/dead-letter-bench.ts";
import { deliveryOf } from "../support/deliveries.ts";

test("a resumed queue runs no dead letter, and one of 30 days ago runs", async () => {
  const bench = await deadLetterBench();
  let runs = 0;
  const task = bench.client.task("t", () => {
    runs += 1;
    if (runs === 1) throw new NonRetriableError("no");
  });
  await task().push();
  await bench.emulator.idle();
  await bench.admin.queues.resume("emails-dead");
  await bench.emulator.advance("29d");
  expect([runs, (await bench.letters()).length]).toEqual([1, 1]);
  await bench.emulator.advance("1d");
  expect([runs, (await bench.letters()).length]).toEqual([2, 0]);
});

test("in a queue that nobody has paused, a task that always fails runs once in 30 days", async () => {
  const bench = await deadLetterBench({}, { queues: { default: {}, "emails-dead": {} } });
  let runs = 0;
  const task = bench.client.task("t", () => {
    runs += 1;
    throw new NonRetriableError("no");
  });
  await task().push();
  await bench.emulator.idle();
  await bench.emulator.advance("90d");
  await bench.emulator.idle();
  expect(runs).toBe(4);
  const [letter] = await bench.letters();
  expect(letter).toMatchObject({ homeQueue: "default", attempts: 4 });
  expect(Number(letter?.lastAt) - Number(letter?.firstAt)).toBeGreaterThan(89 * 86_400_000);
});

test("a single dead letter can be run in the paused queue, and is kept again if it fails again", async () => {
  const bench = await deadLetterBench();
  const state = { broken: true, runs: 0 };
  const task = bench.client.task("t", () => {
    state.runs += 1;
    if (state.broken) throw new NonRetriableError(`no ${state.runs}`);
  });
  await task().push();
  await bench.emulator.idle();
  const [first = expect.unreachable()] = await bench.letters();
  await bench.admin.tasks.run(first);
  await bench.emulator.idle();
  const [second = expect.unreachable(), ...others] = await bench.letters();
  expect(others).toEqual([]);
  expect(second.name).not.toBe(first.name);
  expect(second).toMatchObject({ message: "no 2", attempts: 2, homeQueue: "default", originalId: first.originalId });
  expect(second.firstAt).toEqual(first.firstAt);
  state.broken = false;
  await bench.admin.tasks.run(second);
  await bench.emulator.idle();
  expect([state.runs, await bench.letters()]).toEqual([3, []]);
});

test("with autoCreateQueues, the dead-letter queue is created paused", async () => {
  const bench = await deadLetterBench({}, { autoCreateQueues: true, queues: { default: {} } });
  await bench.client
    .task("t", () => Promise.reject(new NonRetriableError("no")))()
    .push();
  await bench.emulator.idle();
  expect(await bench.admin.queues.get("emails-dead")).toMatchObject({ state: "paused" });
  expect(await bench.letters()).toHaveLength(1);
});

test("while the dead-letter queue is missing, the discard is repeated without the handler, and no task is lost", async () => {
  const bench = await deadLetterBench({}, { queues: { default: {} } });
  let runs = 0;
  const task = bench.client.task("t", {
    retry: { minBackoff: "1m", maxBackoff: "1m" },
    run: () => {
      runs += 1;
      throw new NonRetriableError("no");
    },
  });
  await task().push();
  await bench.emulator.idle();
  for (let minute = 0; minute < 3; minute++) await bench.emulator.advance("1m");
  expect(await bench.stored("default")).toMatchObject([{ dispatchCount: 4 }]);
  await bench.admin.queues.create("emails-dead", { paused: true });
  await bench.emulator.advance("1m");
  expect(runs).toBe(1);
  expect(await bench.stored("default")).toEqual([]);
  expect(await bench.letters()).toMatchObject([{ reason: "non-retriable", message: "no", attempts: 5 }]);
});

const LIMIT = 1_048_569;

test.each([
  ["with room for everything", 2_000, "x".repeat(300)],
  ["with room for a part of the message", 500, expect.stringMatching(/^x{100,299}$/)],
  ["with room for the reason and the home queue", 200, undefined],
])("a task %s is kept", async (_, room, message) => {
  const bench = await deadLetterBench();
  const task = bench.client.task("t", (_: string) => Promise.reject(new NonRetriableError("x".repeat(300))));
  const payload = await largest(bench.client, room);
  await task(payload).push();
  await bench.emulator.idle();
  expect(await bench.letters()).toMatchObject([{ payload, message, reason: "non-retriable", homeQueue: "default" }]);
});

test("a task without any room is not discarded: 507 with the number of bytes", async () => {
  await using emulator = await createEmulator({ queues: { default: {}, "emails-dead": { paused: true } } });
  const url = "http://127.0.0.1:9/tasks/run";
  const logger = { warn: () => undefined, error: () => undefined };
  await using client = new CloudTaskClient({ url, emulatorHost: emulator.host, deadLetter: "emails-dead", logger });
  client.task("t", (_: string) => Promise.reject(new NonRetriableError("no")));
  const worker = createWorker(client, { allowUnauthenticated: true });
  const response = await worker.fetch(deliveryOf({ task: "t", payload: await largest(client, 0) }));
  expect(response.status).toBe(507);
  expect((await response.json()).message).toMatch(
    /keeping "t" in the dead-letter queue emails-dead: the task with its headers has 10\d+ bytes, \d{2,3} too many/,
  );
});

/** Returns a payload whose task is smaller than the limit by `room` bytes. */
async function largest(client: CloudTaskClient, room: number): Promise<string> {
  const probe = client.task(`probe-${room}`, (_: string) => undefined);
  const tooLarge = "y".repeat(LIMIT);
  const error = await probe(tooLarge)
    .push()
    .catch((reason: { readonly actual: number }) => reason);
  const nameBytes = 2 * (probe.name.length - "t".length);
  return "y".repeat(LIMIT - ((error as { readonly actual: number }).actual - LIMIT) + nameBytes - room);
}
