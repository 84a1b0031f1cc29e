import { EventEmitter, once } from "node:events";
import { expect, onTestFinished, test, vi } from "vitest";
import { CloudTaskClient, type TaskDefinition, type Transport } from "../../src/index.ts";
import { type TestClient, testClient } from "../../src/testing/testing.ts";
import { failureOf } from "../support/failure.ts";

/** A task whose handler ignores its abort signal, waits for an event, and then pushes another task. */
interface SlowTask {
  readonly tasks: TestClient;
  readonly client: CloudTaskClient;
  readonly slow: TaskDefinition<undefined, void>;
  readonly other: TaskDefinition<void, void>;
  /** The handler emits `"started"` with its signal, waits for `"go"`, and emits `"failed"` with the error of its push. */
  readonly events: EventEmitter;
  /** The paths of calls that reached Cloud Tasks. */
  readonly sent: readonly string[];
}

function openSlowTask(): SlowTask {
  const sent: string[] = [];
  const call: Transport["call"] = async ({ path }) => {
    sent.push(path);
    return { body: { name: `${path}/1` }, attempts: 1 };
  };
  const transport: Transport = { call, close: async () => undefined };
  const client = new CloudTaskClient({
    url: "https://shop.test/run",
    secret: "s3cret-key",
    project: "p",
    location: "l",
    transport,
  });
  const events = new EventEmitter();
  const other = client.task("other", () => undefined);
  const slow = client.task("slow", async (_: undefined, { delivery }) => {
    events.emit("started", delivery.signal);
    await once(events, "go");
    events.emit("failed", await failureOf(other().push()));
  });
  const tasks = testClient(client);
  onTestFinished(async () => {
    tasks.close();
    await client.close();
  });
  return { tasks, client, slow, other, events, sent };
}

const rejected = {
  code: "CLIENT_CLOSED",
  message: expect.stringContaining('pushing "other": the test client was closed'),
};

const starts: readonly (readonly [string, (slowTask: SlowTask) => Promise<unknown>])[] = [
  ["deliver()", ({ tasks, slow }) => tasks.deliver(slow(undefined))],
  [
    "drain()",
    ({ tasks, slow }) =>
      slow(undefined)
        .push()
        .then(() => tasks.drain()),
  ],
  ["execute()", ({ slow }) => slow(undefined).execute()],
];

test.each(starts)("a handler started by %s cannot push after close()", async (_, start) => {
  const slowTask = openSlowTask();
  const running = start(slowTask).catch(() => undefined);
  await once(slowTask.events, "started");
  slowTask.tasks.close();
  using next = testClient(slowTask.client);
  const failing = once(slowTask.events, "failed");
  slowTask.events.emit("go");
  expect(await failing).toMatchObject([rejected]);
  await running;
  expect([slowTask.sent, slowTask.tasks.pushed(slowTask.other), next.pushed()]).toEqual([[], [], []]);
});

test("close() aborts running deliveries and restores the client's transport", async () => {
  const { tasks, slow, other, events, sent } = openSlowTask();
  const delivering = tasks.deliver(slow(undefined));
  const [signal] = (await once(events, "started")) as [AbortSignal];
  tasks.close();
  expect(signal.aborted).toBe(true);
  await other().push();
  expect(sent).toEqual(["projects/p/locations/l/queues/default/tasks"]);
  const failing = once(events, "failed");
  events.emit("go");
  await failing;
  expect(await delivering).toMatchObject({ outcome: "aborted", error: signal.reason });
});

test.each(["close", "reset"] as const)("drain() rejects if %s() is called while it runs", async (end) => {
  const { tasks, slow, other, events } = openSlowTask();
  await slow(undefined).push();
  await other().push();
  const draining = failureOf(tasks.drain());
  await once(events, "started");
  tasks[end]();
  events.emit("go");
  expect((await draining).message).toMatch(/^this test client was closed or reset while a delivery was running; await/);
});

test("a delivery from before reset() does not affect the new recording", async () => {
  const { tasks, slow, other, events } = openSlowTask();
  await slow(undefined).push({ name: "n" });
  await other().push({ delay: "30m" });
  const advancing = failureOf(tasks.advance("1h"));
  await once(events, "started");
  const before = tasks.now;
  tasks.reset();
  await slow(undefined).push({ name: "n" });
  events.emit("go");
  await advancing;
  expect([tasks.waiting(slow).length, tasks.pushed(other).length, tasks.now]).toEqual([1, 0, before]);
});

test("without AsyncLocalStorage, close() still aborts running deliveries", async () => {
  const builtin = vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined);
  const { tasks, slow, events } = openSlowTask();
  builtin.mockRestore();
  const delivering = tasks.deliver(slow(undefined));
  const [signal] = (await once(events, "started")) as [AbortSignal];
  tasks.close();
  events.emit("go");
  expect([signal.aborted, (await delivering).outcome]).toEqual([true, "aborted"]);
});

test("reset() throws after close()", () => {
  const { tasks } = openSlowTask();
  tasks.close();
  expect(() => tasks.reset()).toThrow("tasks.reset(): this test client was closed");
});
