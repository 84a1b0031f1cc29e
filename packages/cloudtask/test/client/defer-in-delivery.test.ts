import { expect, test } from "vitest";
import { type ClientOptions, createWorker, type Delivery, depends, NonRetriableError, shard } from "../../src/index.ts";
import { type Answer, apiServer, bodyOf, clientOf, created, hangUp, taskAt, tasksOf } from "../support/api-server.ts";
import { type ClockedScene, startClockedScene } from "../support/clocked-scene.ts";
import { deliveryOf, retryOf } from "../support/deliveries.ts";

/** A handler that pushes inside the transaction of a dependency. */
function orders(
  { client }: Pick<ClockedScene, "client">,
  plan: (attempt: number) => "commit" | "fail" | "throw" | "discard",
) {
  const log: string[] = [];
  const db = depends(async function* ({ delivery }: { delivery: Delivery }) {
    yield {};
    if (plan(delivery.attempt) === "fail") throw new Error("could not commit");
    log.push("commit");
  });
  const charge = client.task("charge", (order: number) => void log.push(`charge ${order}`));
  const order = client.task("order", {
    deps: { db },
    deferPushes: true,
    run: async (id: number, { delivery }) => {
      const { deferred } = await charge(id).push();
      log.push(`handled, deferred ${deferred}`);
      const planned = plan(delivery.attempt);
      if (planned === "throw") throw new Error("no");
      if (planned === "discard") throw new NonRetriableError("never");
    },
  });
  return { log, order };
}

test("pushes of a handler are sent after its dependencies were torn down, and so after the commit", async () => {
  const scene = await startClockedScene();
  const { log, order } = orders(scene, () => "commit");
  const { id } = await order(1).push();
  await scene.emulator.idle();
  expect(log).toEqual(["handled, deferred true", "commit", "charge 1"]);
  expect(scene.emulator.attempts({ task: id }).map(({ response }) => response?.status)).toEqual([200]);
});

test.each(["fail", "throw"] as const)(
  "if the commit or the handler fails (%s), nothing is pushed until an attempt succeeds",
  async (first) => {
    const scene = await startClockedScene({ queue: { retry: { minBackoff: "10s" } } });
    const { log, order } = orders(scene, (attempt) => (attempt === 1 ? first : "commit"));
    const { id } = await order(1).push();
    await scene.emulator.idle();
    expect(log).toEqual(["handled, deferred true"]);
    await scene.advance("10s");
    expect(log).toEqual(["handled, deferred true", "handled, deferred true", "commit", "charge 1"]);
    expect(scene.emulator.attempts({ task: id }).map(({ response }) => response?.status)).toEqual([200, 500]);
  },
);

test("a delivery that is discarded pushes nothing", async () => {
  const scene = await startClockedScene();
  const { log, order } = orders(scene, () => "discard");
  await order(1).push();
  await scene.advance("1h");
  expect(log).toEqual(["handled, deferred true"]);
});

/** A worker whose handler pushes the given payloads, without retries. The API gives these answers in order. */
async function start(...answers: readonly Answer[]) {
  return startWith({}, ...answers);
}

async function startWith(options: Partial<ClientOptions>, ...answers: readonly Answer[]) {
  const api = await apiServer(...answers);
  const client = clientOf(api, { apiRetry: { totalTimeout: 0 }, ...options });
  const child = client.task("child", (_: number) => undefined);
  client.task("parent", {
    deferPushes: true,
    run: async (payloads: number[]) => void (await client.pushMany(payloads.map((payload) => child(payload)))),
  });
  const worker = createWorker(client, { allowUnauthenticated: true });
  const deliver = async (request: Request) => (await worker.fetch(request)).status;
  const sent = () => tasksOf(api).map((task) => ({ name: task.name ?? "", payload: bodyOf(task).payload }));
  return { deliver, sent };
}

test("if some cannot be sent, the attempt fails, and the next one creates the same ids", async () => {
  const { deliver, sent } = await start(hangUp, hangUp, created);
  const body = { task: "parent", payload: [1, 2] };
  expect(await deliver(deliveryOf(body))).toBe(500);
  expect(await deliver(retryOf(body, 1))).toBe(200);
  expect(sent()).toHaveLength(4);
  expect(new Set(sent().map(({ name, payload }) => `${payload} as ${name}`)).size).toBe(2);
  expect(sent()[0]?.name).toMatch(/\/tasks\/[0-9a-f]{32}-deferred-child$/);
});

test("with shards, the next attempt creates the same ids in the same shards", async () => {
  const { deliver, sent } = await startWith({ queue: shard("spread", 64) });
  const body = { task: "parent", payload: Array.from({ length: 20 }, (_, index) => index) };
  await deliver(deliveryOf(body));
  const first = sent().map(({ name }) => name);
  await deliver(retryOf(body, 1));
  const second = sent()
    .map(({ name }) => name)
    .slice(first.length);
  expect(first).toHaveLength(20);
  expect(second.toSorted()).toEqual(first.toSorted());
  expect(new Set(first.map((name) => name.split("/").at(-3))).size).toBeGreaterThan(5);
});

test("an attempt that pushes fewer tasks than the one before does not mix up their ids", async () => {
  const { deliver, sent } = await start(hangUp, hangUp, created);
  await deliver(deliveryOf({ task: "parent", payload: [1, 2] }));
  await deliver(retryOf({ task: "parent", payload: [2] }, 1));
  const [first, second, again] = sent().toSorted((a, b) => a.payload - b.payload);
  expect(again).toEqual(second);
  expect(again?.name).not.toBe(first?.name);
});

test("the same payload pushed twice creates two tasks, with the same ids in the next attempt", async () => {
  const { deliver, sent } = await start();
  const body = { task: "parent", payload: [1, 1] };
  await deliver(deliveryOf(body));
  await deliver(retryOf(body, 1));
  expect(new Set(sent().map(({ name }) => name)).size).toBe(2);
  expect(sent()).toHaveLength(4);
});

test("another task pushes under other ids, and so does each delivery without a task id", async () => {
  const { deliver, sent } = await start();
  const body = { task: "parent", payload: [1] };
  await deliver(deliveryOf(body));
  await deliver(deliveryOf(body, { "X-CloudTasks-TaskName": "another" }));
  await deliver(deliveryOf(body, { "X-CloudTasks-QueueName": "another" }));
  await deliver(deliveryOf(body, { "X-CloudTasks-TaskName": null }));
  await deliver(deliveryOf(body, { "X-CloudTasks-TaskName": null }));
  expect(new Set(sent().map(({ name }) => name)).size).toBe(5);
});

test("a task whose name is used again pushes new tasks while the earlier ones still wait", async () => {
  const scene = await startClockedScene();
  const seen: string[] = [];
  const reminder = scene.client.task("remind", () => void seen.push("reminded"));
  const nightly = scene.client.task("nightly", {
    deferPushes: true,
    run: async () => void (await reminder().push({ delay: "3d" })),
  });
  for (let night = 0; night < 3; night++) {
    await nightly().push({ name: "nightly" });
    await scene.advance("1d");
  }
  await scene.advance("3d");
  expect(seen).toHaveLength(3);
});

test("every named task carries the time of its push, because the worker's definition alone may have deferPushes", async () => {
  const api = await apiServer();
  await clientOf(api)
    .task("t", () => undefined)()
    .push({ name: "n" });
  expect(taskAt(api).httpRequest.headers).toHaveProperty("CloudTask-Pushed");
});

test("two simultaneous deliveries of one task push once", async () => {
  const scene = await startClockedScene();
  const { log, order } = orders(scene, () => "commit");
  scene.emulator.faults.add({ on: "delivery", twice: true });
  await order(1).push();
  await scene.advance("1h");
  expect(log.filter((line) => line.startsWith("handled"))).toHaveLength(2);
  expect(log.filter((line) => line.startsWith("charge"))).toEqual(["charge 1"]);
});

test("the client's deferPushes applies to every definition that does not set its own", async () => {
  const api = await apiServer();
  const client = clientOf(api, { deferPushes: true });
  const child = client.task("child", () => undefined);
  const seen: unknown[] = [];
  const run = async (): Promise<void> => void seen.push((await child().push()).deferred);
  client.task("defers", run);
  client.task("sends", { deferPushes: false, run });
  const worker = createWorker(client, { allowUnauthenticated: true });
  await worker.fetch(deliveryOf({ task: "defers" }));
  await worker.fetch(deliveryOf({ task: "sends" }));
  expect(seen).toEqual([true, undefined]);
  expect(api.requests).toHaveLength(2);
});

test("execute() defers pushes too; inside client.deferPushes(), until that has succeeded", async () => {
  const api = await apiServer();
  const client = clientOf(api);
  const child = client.task("child", () => undefined);
  const parent = client.task("parent", { deferPushes: true, run: () => child().push() });
  await expect(parent().execute()).resolves.toMatchObject({ deferred: true });
  expect(api.requests).toHaveLength(1);
  await client.deferPushes(async () => {
    await parent().execute();
    expect(api.requests).toHaveLength(1);
  });
  expect(api.requests).toHaveLength(2);
});

test("a middleware that calls client.deferPushes() sends pushes after its own transaction", async () => {
  const scene = await startClockedScene();
  const { client, emulator } = scene;
  const { log, order } = orders(scene, () => "commit");
  client.use((_, next) =>
    client.deferPushes(async () => {
      const result = await next();
      log.push("outer commit");
      return result;
    }),
  );
  await order(1).push();
  await emulator.idle();
  expect(log.slice(0, 3)).toEqual(["handled, deferred true", "commit", "outer commit"]);
  expect(log).toContain("charge 1");
});
