import { type AttemptFinished, createEmulator, type EmulatorEvents, ManualClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { CloudTasks } from "../../src/gen/google/cloud/tasks/v2/cloudtasks_pb.ts";
import { createTask, queuePath } from "../support/api.ts";
import { dataDir } from "../support/data-dir.ts";
import { GrpcClient } from "../support/port.ts";
import { answer, startTarget } from "../support/target.ts";

test("an attempt has the name of its definition, and shows whether the worker discarded the task, also after a restart", async () => {
  const dir = dataDir();
  await using good = await startTarget(200);
  await using discarding = await startTarget(answer(200, { "CloudTask-Outcome": "discarded" }));
  await using failing = await startTarget(answer(500, { "CloudTask-Outcome": "discarded" }));
  const first = await createEmulator({ dataDir: dir, queues: { q: { retry: { maxAttempts: 1 } } } });
  for (const [id, url, definition] of [
    ["a", good.url, undefined],
    ["b", discarding.url, 'say "hi"'],
    ["c", failing.url, "fail"],
  ] as const) {
    const headers = definition === undefined ? {} : { "CloudTask-Name": definition };
    await createTask(first, { queue: "q", id, httpRequest: { url, headers } });
    await first.idle();
  }
  const shown = ({ definition, discarded, outcome }: AttemptFinished): unknown[] => [definition, discarded, outcome];
  const expected = [
    ["fail", undefined, "exhausted"],
    ['say "hi"', true, "succeeded"],
    [undefined, undefined, "succeeded"],
  ];
  expect(first.attempts().map(shown)).toEqual(expected);
  const { attempts } = (await (await fetch(`${first.url}/inspect/attempts`)).json()) as { attempts: AttemptFinished[] };
  expect(attempts.map(shown)).toEqual(expected);
  await first.close();
  await using second = await createEmulator({ dataDir: dir });
  expect(second.attempts().map(shown)).toEqual(expected);
});

test("a task that is not created because of its name is an event, now and after the task is done", async () => {
  await using target = await startTarget(200);
  const clock = new ManualClock(Date.parse("2030-01-01T12:00:00Z"));
  await using emulator = await createEmulator({ clock });
  const seen: EmulatorEvents["nameTaken"][] = [];
  emulator.on("nameTaken", (event) => seen.push(event));
  const create = (): Promise<unknown> => createTask(emulator, { id: "t", url: target.url, delaySeconds: 600 });
  await create();
  expect(seen).toEqual([]);
  await create().catch(() => undefined);
  await emulator.advance("10m");
  await create().catch(() => undefined);
  const queue = queuePath(emulator, "default");
  expect(seen).toEqual(
    ["2030-01-01T12:00:00Z", "2030-01-01T12:10:00Z"].map((at) => ({
      task: `${queue}/tasks/t`,
      queue,
      at: Date.parse(at),
    })),
  );
});

test("a call whose queue does not exist is an event with the queues that exist, over both protocols", async () => {
  await using emulator = await createEmulator();
  using client = new GrpcClient({ address: emulator.host });
  const seen: EmulatorEvents["queueNotFound"][] = [];
  emulator.on("queueNotFound", (event) => seen.push(event));
  const name = "projects/other/locations/l/queues/q";
  await expect(client.call(CloudTasks.method.getQueue, { name })).rejects.toThrow("Queue does not exist");
  expect((await fetch(`${emulator.url}/v2/${name}/tasks`)).status).toBe(404);
  const event = { queue: name, existing: [queuePath(emulator, "default")], at: expect.any(Number) };
  expect(seen).toEqual([event, event]);
});

test("reset, idle and advance answer what they did", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ queues: ["a", "b"] });
  const control = async (name: string, body: object = {}): Promise<unknown> =>
    (await fetch(`${emulator.url}/control/${name}`, { method: "POST", body: JSON.stringify(body) })).json();
  for (const queue of ["a", "a", "b"]) await createTask(emulator, { queue, url: target.url, delaySeconds: 600 });
  expect(await control("idle")).toEqual({ attempts: 0 });
  expect(await control("reset")).toEqual({
    tasks: 3,
    queues: ["a", "b"].map((id) => queuePath(emulator, id)),
    now: expect.any(String),
  });
  for (const queue of ["a", "b"]) await createTask(emulator, { queue, url: target.url, delaySeconds: 600 });
  expect(await control("advance", { by: "1h" })).toEqual({ attempts: 2, now: expect.any(String) });
});
