import { createEmulator, type Emulator, ManualClock } from "@cloudtask/emulator";
import { CloudTasksClient } from "@google-cloud/tasks";
import { CloudTaskClient } from "cloudtask";
import { grpc } from "google-gax";
import { expect, test, vi } from "vitest";
import { type Fault, rpcNames } from "../../src/faults/fault.ts";
import { call, createTask, listTasks, queuePath } from "../support/api.ts";
import { startTarget } from "../support/target.ts";

// Google's client looks for a metadata server, and warns if there is none.
vi.stubEnv("METADATA_SERVER_DETECTION", "none");

function grpcClient(emulator: Emulator): CloudTasksClient & AsyncDisposable {
  const { hostname, port } = new URL(emulator.url);
  const sslCreds = grpc.credentials.createInsecure();
  const client = new CloudTasksClient({ apiEndpoint: hostname, port: Number(port), sslCreds });
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

test("a call is answered with the error of the fault, as often as specified, and has no effect", async () => {
  await using emulator = await createEmulator({ queues: ["default"] });
  const fault = emulator.faults.add({ on: "CreateTask", status: "UNAVAILABLE", times: 2 });
  const later = { delaySeconds: 60 };
  const first = await createTask(emulator, later);
  const second = await createTask(emulator, later);
  expect([first.status, second.status, fault.fired, fault.isUsedUp]).toEqual([503, 503, 2, true]);
  expect(first.body.error).toEqual({
    code: 503,
    message: "UNAVAILABLE (503), caused by a fault of the emulator.",
    status: "UNAVAILABLE",
  });
  expect(await listTasks(emulator)).toEqual([]);
  expect((await createTask(emulator, later)).status).toBe(200);
});

test("with after: true the call takes effect, and a second try finds the name taken", async () => {
  await using emulator = await createEmulator({ queues: ["default"] });
  emulator.faults.add({ on: "CreateTask", status: "DEADLINE_EXCEEDED", after: true, message: "too slow" });
  const task = { id: "t", delaySeconds: 60 };
  const { status, body } = await createTask(emulator, task);
  expect([status, body.error?.message]).toEqual([504, "too slow"]);
  expect(await listTasks(emulator)).toHaveLength(1);
  expect((await createTask(emulator, task)).status).toBe(409);
});

test("the library retries a push after transient errors", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ queues: ["default"] });
  const fault = emulator.faults.add({ on: "CreateTask", status: "UNAVAILABLE", times: 2 });
  const client = new CloudTaskClient({
    project: emulator.project,
    location: emulator.location,
    queue: "default",
    url: target.url,
    emulatorHost: emulator.host,
    secret: "a-secret-for-tests",
  });
  await client
    .task(
      "t",
      async (payload: { n: number }) => payload.n,
    )({ n: 1 })
    .push();
  await emulator.idle();
  expect([fault.fired, target.received.length]).toEqual([2, 1]);
});

test("a call is delayed by the emulator's clock, before or after it takes effect", async () => {
  const clock = new ManualClock("2030-01-01T00:00:00Z");
  await using emulator = await createEmulator({ clock, queues: ["default"] });
  const answers: number[] = [];
  const create = (id: string): Promise<void> => {
    return createTask(emulator, { id, now: clock.now(), delaySeconds: 60 }).then(
      ({ status }) => void answers.push(status),
    );
  };
  const fault = emulator.faults.add({ on: "CreateTask", delay: "2s" });
  const acted = emulator.faults.add({ on: "CreateTask", delay: "2s", after: true });
  const first = create("late");
  await expect.poll(() => fault.fired).toBe(1);
  const second = create("early");
  await expect.poll(() => acted.fired).toBe(1);
  await expect
    .poll(async () => (await listTasks(emulator)).map(({ name }) => name.split("/").at(-1)))
    .toEqual(["early"]);
  clock.advance("1999ms");
  expect(answers).toEqual([]);
  clock.advance("1ms");
  await Promise.all([first, second]);
  expect(answers).toEqual([200, 200]);
  expect(await listTasks(emulator)).toHaveLength(2);
});

test.each([
  [undefined, 0],
  [true, 1],
])("the connection is closed without an answer; with after: %s the call creates %s tasks", async (after, tasks) => {
  await using emulator = await createEmulator({ queues: ["default"] });
  emulator.faults.add({ on: "CreateTask", drop: true, ...(after && { after }) });
  await expect(createTask(emulator, { delaySeconds: 60 })).rejects.toThrow("fetch failed");
  expect(await listTasks(emulator)).toHaveLength(tasks);
});

test.each([
  [undefined, 0],
  [true, 1],
])(
  "a gRPC call is dropped; with after: %s it creates %s tasks, and the next call is answered",
  async (after, tasks) => {
    await using emulator = await createEmulator({ queues: ["default"] });
    await using client = grpcClient(emulator);
    emulator.faults.add({ on: "CreateTask", drop: true, ...(after && { after }) });
    const parent = queuePath(emulator, "default");
    const task = { scheduleTime: { seconds: Math.ceil(Date.now() / 1000) + 60 }, httpRequest: { url: "http://x/" } };
    await expect(client.createTask({ parent, task })).rejects.toMatchObject({ code: 14 });
    expect(await listTasks(emulator)).toHaveLength(tasks);
    await client.createTask({ parent, task });
    expect(await listTasks(emulator)).toHaveLength(tasks + 1);
  },
);

test("a delayed call does not prevent close()", async () => {
  const emulator = await createEmulator({ clock: new ManualClock(), queues: ["default"] });
  const fault = emulator.faults.add({ on: "*", delay: "1h" });
  const waiting = expect(createTask(emulator)).rejects.toThrow("fetch failed");
  await expect.poll(() => fault.fired).toBe(1);
  await emulator.close();
  await waiting;
});

test("of several matching faults the first applies, and * affects every call but no delivery", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ queues: ["default"] });
  const first = emulator.faults.add({ on: "ListQueues", status: "ABORTED" });
  const any = emulator.faults.add({ on: "*", status: "INTERNAL", times: 2 });
  const queues = queuePath(emulator, "").slice(0, -1);
  const statuses = [];
  for (const path of [queues, queues, `${queues}/default`, queues]) {
    statuses.push((await call(emulator, "GET", path)).status);
  }
  expect(statuses).toEqual([409, 500, 500, 200]);
  await createTask(emulator, { url: target.url });
  await emulator.idle();
  expect([first.fired, any.fired, target.received.length]).toEqual([1, 2, 1]);
});

test("a fault with a probability applies to the same calls for the same seed", async () => {
  await using emulator = await createEmulator({ queues: ["default"] });
  const firedCalls = async (seed: number): Promise<string> => {
    const fault = emulator.faults.add({ on: "ListTasks", status: "ABORTED", probability: 0.5, times: "always", seed });
    const path = `${queuePath(emulator, "default")}/tasks`;
    let fired = "";
    for (let count = 0; count < 40; count += 1) fired += (await call(emulator, "GET", path)).status === 409 ? "x" : ".";
    fault.remove();
    return fired;
  };
  const [first, second, other] = [await firedCalls(1), await firedCalls(1), await firedCalls(2)];
  expect(first).toBe(second);
  expect(first).not.toBe(other);
  expect(first.replaceAll(".", "").length).toBeGreaterThan(10);
  expect(first.replaceAll("x", "").length).toBeGreaterThan(10);
});

test("faults can be listed, removed and cleared, and a reset clears them", async () => {
  await using emulator = await createEmulator({ queues: ["default"] });
  const { faults } = emulator;
  const fault: Fault = { on: "GetQueue", status: "ABORTED", times: 1 };
  const used = faults.add(fault);
  const unused = faults.add({ on: "delivery", twice: true });
  await call(emulator, "GET", queuePath(emulator, "default"));
  expect(faults.list().map(({ id, fired, isUsedUp }) => [id, fired, isUsedUp])).toEqual([
    [used.id, 1, true],
    [unused.id, 0, false],
  ]);
  expect(used.fault).toEqual(fault);
  used.remove();
  expect(faults.list()).toEqual([unused]);
  faults.clear();
  expect(faults.list()).toEqual([]);
  faults.add({ on: "*", drop: true });
  await emulator.reset();
  expect(faults.list()).toEqual([]);
});

test("at 1,000 faults, adding one removes a used-up fault, and fails if there is none", async () => {
  await using emulator = await createEmulator({ queues: ["default"] });
  emulator.faults.add({ on: "GetQueue", status: "ABORTED" });
  await call(emulator, "GET", queuePath(emulator, "default"));
  const add = () => emulator.faults.add({ on: "ListQueues", status: "ABORTED" });
  for (let count = 0; count < 1_000; count += 1) add();
  expect(add).toThrow(
    new RangeError("faults.add: there are 1000 faults that can still apply; remove some, or call clear()"),
  );
  const init = { method: "POST", body: JSON.stringify({ on: "*", drop: true }) };
  expect((await fetch(`${emulator.url}/control/faults`, init)).status).toBe(429);
  expect(emulator.faults.list()).toHaveLength(1_000);
  expect(emulator.faults.list().every(({ fired }) => fired === 0)).toBe(true);
});

const invalid = [
  [undefined, "fault: expected an object"],
  [{ status: "ABORTED" }, "on: expected"],
  [{ on: "createTask", status: "ABORTED" }, 'received "createTask"'],
  [{ on: "CreateTask" }, "expected exactly one of status, delay, drop; received none"],
  [{ on: "CreateTask", status: "ABORTED", drop: true }, "received status and drop"],
  [{ on: "CreateTask", status: "OK" }, "status: expected one of CANCELLED"],
  [{ on: "CreateTask", status: 503 }, "status: expected one of CANCELLED"],
  [{ on: "CreateTask", status: "ABORTED", message: 7 }, "message: expected a non-empty string"],
  [{ on: "CreateTask", drop: true, message: "x" }, "message requires status"],
  [{ on: "CreateTask", delay: "soon" }, "delay: expected a duration"],
  [{ on: "CreateTask", drop: "request" }, "drop: expected true"],
  [{ on: "CreateTask", twice: true }, "twice is not a field of a call fault"],
  [{ on: "CreateTask", drop: true, queue: "a" }, "queue is not a field of a call fault"],
  [{ on: "CreateTask", drop: true, after: "yes" }, "after: expected true or false"],
  [{ on: "delivery" }, "expected exactly one of status, twice, delay, drop; received none"],
  [{ on: "delivery", status: "ABORTED" }, "status: expected an HTTP status from 200 to 599"],
  [{ on: "delivery", status: 600 }, "status: expected an HTTP status from 200 to 599; received 600"],
  [{ on: "delivery", status: 503.5 }, "status: expected an HTTP status from 200 to 599"],
  [{ on: "delivery", status: 503, drop: "request" }, "received status and drop"],
  [{ on: "delivery", drop: true }, 'drop: expected "request" or "response"'],
  [{ on: "delivery", twice: false }, "twice: expected true"],
  [{ on: "delivery", twice: true, queue: "" }, "queue: expected a non-empty string"],
  [{ on: "delivery", twice: true, times: 0 }, "times: expected an integer of at least 1"],
  [{ on: "delivery", twice: true, times: 1.5 }, "times: expected an integer of at least 1"],
  [{ on: "delivery", twice: true, probability: 0 }, "probability: expected a number"],
  [{ on: "delivery", twice: true, probability: 1.1 }, "probability: expected a number"],
  [{ on: "delivery", twice: true, seed: "x" }, "seed: expected a number"],
] as const;

test.each(invalid)("the fault %j is rejected: %s", async (fault, message) => {
  await using emulator = await createEmulator({ queues: [] });
  expect(() => emulator.faults.add(fault as unknown as Fault)).toThrow(TypeError);
  expect(() => emulator.faults.add(fault as unknown as Fault)).toThrow(message);
});

test("faults can affect every call of the API", async () => {
  const { CloudTasks: v2 } = await import("../../src/gen/google/cloud/tasks/v2/cloudtasks_pb.ts");
  const { CloudTasks: v2beta3 } = await import("../../src/gen/google/cloud/tasks/v2beta3/cloudtasks_pb.ts");
  const { Locations } = await import("../../src/gen/google/cloud/location/locations_pb.ts");
  const { Operations } = await import("../../src/gen/google/longrunning/operations_pb.ts");
  const all = [v2, v2beta3, Locations, Operations].flatMap(({ methods }) => methods.map(({ name }) => name));
  expect([...new Set(all)].sort()).toEqual([...rpcNames].sort());
});
