import { EventEmitter, once } from "node:events";
import { expect, onTestFinished, test, vi } from "vitest";
import { CloudTaskClient, type TaskDefinition, type Transport } from "../../src/index.ts";
import { type TestClient, testClient } from "../../src/testing/testing.ts";
import { failureOf } from "../support/failure.ts";

/** A task whose handler does not heed its signal, and pushes another once it is let go on. */
interface Scene {
  readonly tasks: TestClient;
  readonly client: CloudTaskClient;
  readonly slow: TaskDefinition<undefined, void>;
  readonly other: TaskDefinition<void, void>;
  /** The handler tells `"begun"`, with its signal, and `"failed"`, with what its push threw; `"go"` lets it go on. */
  readonly events: EventEmitter;
  /** The calls that went to Cloud Tasks. */
  readonly sent: readonly string[];
}

function openScene(): Scene {
  const sent: string[] = [];
  const call: Transport["call"] = async ({ path }) => {
    sent.push(path);
    return { body: { name: `${path}/1` }, attempts: 1 };
  };
  const transport: Transport = { call, close: async () => undefined };
  const client = new CloudTaskClient({
    url: "https://shop.test/run",
    secret: "s",
    project: "p",
    location: "l",
    transport,
  });
  const events = new EventEmitter();
  const other = client.task("other", () => undefined);
  const slow = client.task("slow", async (_: undefined, { delivery }) => {
    events.emit("begun", delivery.signal);
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

const refused = {
  code: "CLIENT_CLOSED",
  message: expect.stringContaining('pushing "other": the test client was closed'),
};

const begins: readonly (readonly [string, (scene: Scene) => Promise<unknown>])[] = [
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

test.each(begins)("what %s began pushes nothing once the test is over", async (_, begin) => {
  const scene = openScene();
  const running = begin(scene).catch(() => undefined);
  await once(scene.events, "begun");
  scene.tasks.close();
  using next = testClient(scene.client);
  const failing = once(scene.events, "failed");
  scene.events.emit("go");
  expect(await failing).toMatchObject([refused]);
  await running;
  expect([scene.sent, scene.tasks.pushed(scene.other), next.pushed()]).toEqual([[], [], []]);
});

test("close() aborts what is delivered, and a client pushes as before", async () => {
  const { tasks, slow, other, events, sent } = openScene();
  const delivering = tasks.deliver(slow(undefined));
  const [signal] = (await once(events, "begun")) as [AbortSignal];
  tasks.close();
  expect(signal.aborted).toBe(true);
  await other().push();
  expect(sent).toEqual(["projects/p/locations/l/queues/default/tasks"]);
  const failing = once(events, "failed");
  events.emit("go");
  await failing;
  expect(await delivering).toMatchObject({ outcome: "aborted", error: signal.reason });
});

test.each(["close", "reset"] as const)("drain() ends with an error where %s() comes before its end", async (end) => {
  const { tasks, slow, other, events } = openScene();
  await slow(undefined).push();
  await other().push();
  const draining = failureOf(tasks.drain());
  await once(events, "begun");
  tasks[end]();
  events.emit("go");
  expect((await draining).message).toMatch(/^this test client was closed or reset while a delivery was running; await/);
});

test("what was begun before reset() is no part of what comes after it", async () => {
  const { tasks, slow, other, events } = openScene();
  await slow(undefined).push({ name: "n" });
  await other().push({ delay: "30m" });
  const advancing = failureOf(tasks.advance("1h"));
  await once(events, "begun");
  const before = tasks.now;
  tasks.reset();
  await slow(undefined).push({ name: "n" });
  events.emit("go");
  await advancing;
  expect([tasks.waiting(slow).length, tasks.pushed(other).length, tasks.now]).toEqual([1, 0, before]);
});

test("on a runtime without AsyncLocalStorage, what is closed is aborted all the same", async () => {
  const builtin = vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined);
  const { tasks, slow, events } = openScene();
  builtin.mockRestore();
  const delivering = tasks.deliver(slow(undefined));
  const [signal] = (await once(events, "begun")) as [AbortSignal];
  tasks.close();
  events.emit("go");
  expect([signal.aborted, (await delivering).outcome]).toEqual([true, "aborted"]);
});

test("a test client that is closed is not reset", () => {
  const { tasks } = openScene();
  tasks.close();
  expect(() => tasks.reset()).toThrow("tasks.reset(): this test client was closed");
});
