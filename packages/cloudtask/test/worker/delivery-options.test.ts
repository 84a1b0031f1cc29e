import { expect, onTestFinished, test, vi } from "vitest";
import { Overrides } from "../../src/dependencies/overrides.ts";
import { registryOf } from "../../src/execution/registry.ts";
import { CloudTaskClient, depends, RetryAfterError } from "../../src/index.ts";
import { DeliveryServer } from "../../src/worker/delivery-server.ts";
import { resolveWorkerOptions } from "../../src/worker/worker-options.ts";
import { deliveryOf } from "../support/deliveries.ts";

const open = resolveWorkerOptions({ allowUnauthenticated: true });

test("the overrides of one delivery apply to its middleware, handler and hooks, and to no concurrent delivery", async () => {
  const hookCalls: unknown[] = [];
  const db = depends(() => "db");
  const repo = depends({ db }, ({ db }) => `repo of ${db}`);
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  client.use(async ({ use }, next) => [await use(db), await next()]);
  client.task("t", {
    deps: { repo },
    run: (_: undefined, deps) => deps.repo,
    onSuccess: async ({ delivery }) => hookCalls.push(await delivery.use(repo)),
  });
  const registry = registryOf(client);
  const server = new DeliveryServer(registry, open);
  const outcomes = ["one", "other", undefined].map((value) => {
    const overrides = new Overrides(registry.overrides);
    if (value !== undefined) overrides.set(db, value);
    return server.outcomeOf(deliveryOf({ task: "t" }), { overrides });
  });
  expect((await Promise.all(outcomes)).map((outcome) => "result" in outcome && outcome.result)).toEqual([
    ["one", "repo of one"],
    ["other", "repo of other"],
    ["db", "repo of db"],
  ]);
  expect(hookCalls.toSorted()).toEqual(["repo of db", "repo of one", "repo of other"]);
});

test("an app dependency that needs an override is created for that delivery; other app dependencies are shared", async () => {
  const log: string[] = [];
  const app = { scope: "app" } as const;
  const config = depends(() => "real", app);
  const clock = depends(() => ({}), app);
  const pool = depends(
    { config },
    function* ({ config }) {
      log.push(`open ${config}`);
      yield config;
      log.push(`close ${config}`);
    },
    app,
  );
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  client.task("t", { deps: { pool, clock }, run: (_: undefined, { pool, clock }) => [pool, clock] });
  const registry = registryOf(client);
  const server = new DeliveryServer(registry, open);
  const overrides = new Overrides(registry.overrides);
  overrides.set(config, "fake");
  const request = (): Request => deliveryOf({ task: "t" });
  const first = await server.outcomeOf(request());
  const second = await server.outcomeOf(request(), { overrides });
  const third = await server.outcomeOf(request());
  expect([first, second, third]).toMatchObject(["real", "fake", "real"].map((pool) => ({ result: [pool, {}] })));
  expect(log).toEqual(["open real", "open fake", "close fake"]);
  const clocks = [first, second, third].map((outcome) => "result" in outcome && (outcome.result as unknown[])[1]);
  expect(new Set(clocks).size).toBe(1);
});

test("Retry-After counts from the time of the server's clock", async () => {
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  client.task("later", () => Promise.reject(new RetryAfterError(new Date("2031-01-01T00:01:00Z"))));
  const server = new DeliveryServer(registryOf(client), open, { now: () => Date.parse("2031-01-01") });
  const { headers } = await server.serve(deliveryOf({ task: "later" }));
  expect(headers["Retry-After"]).toBe("60");
});

test("the deadline of a delivery counts from the arrival of its request, not from the end of its body", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const arrivedMs = Date.now();
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  const deadlines: number[] = [];
  client.task("slow", {
    dispatchDeadline: "20s",
    run: (_: undefined, { delivery }) => {
      deadlines.push(delivery.deadline.getTime() - arrivedMs);
      return new Promise((_, reject) => delivery.signal.addEventListener("abort", () => reject(new Error("late"))));
    },
  });
  const body = new ReadableStream({
    start: (controller) => {
      setTimeout(() => {
        controller.enqueue(new TextEncoder().encode('{"task":"slow"}'));
        controller.close();
      }, 9_000);
    },
  });
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body, duplex: "half" };
  const answering = new DeliveryServer(registryOf(client), open).serve(
    new Request("http://worker.test/", init as RequestInit),
  );
  await vi.advanceTimersByTimeAsync(19_000);
  expect([deadlines, (await answering).status]).toEqual([[20_000], 504]);
});

test('a declared task without a handler is never discarded, even with unknownTask: "discard"', async () => {
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  client.declare("charge");
  const options = resolveWorkerOptions({ allowUnauthenticated: true, unknownTask: "discard" });
  const server = new DeliveryServer(registryOf(client), options);
  expect((await server.serve(deliveryOf({ task: "charge" }))).status).toBe(404);
  expect((await server.serve(deliveryOf({ task: "gone" }))).status).toBe(200);
});
