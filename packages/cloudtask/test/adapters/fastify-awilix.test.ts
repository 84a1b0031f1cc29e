import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmulator } from "@cloudtask/emulator";
import { fastifyAwilixPlugin } from "@fastify/awilix";
import { type AwilixContainer, asClass, createContainer } from "awilix";
import { fromAwilix } from "cloudtask/awilix";
import { cloudTaskPlugin, fastifyRequest } from "cloudtask/fastify";
import fastify from "fastify";
import { expect, test } from "vitest";
import { CloudTaskClient, type Dependency, depends } from "../../src/index.ts";
import { injected, listenOn } from "../support/fastify-versions.ts";

/** A repository that counts its instances, and records the users and disposals of each. */
class Orders {
  static made: Orders[] = [];
  readonly users: number[] = [];
  disposed = 0;
  constructor() {
    Orders.made.push(this);
  }
}

interface Cradle {
  readonly orders: Orders;
}

function makeContainer(): AwilixContainer<Cradle> {
  const orders = asClass(Orders).scoped();
  return createContainer<Cradle>().register({ orders: orders.disposer((each) => void each.disposed++) });
}

const getScope = depends(
  { request: fastifyRequest },
  ({ request }): AwilixContainer<Cradle> => request.diScope as AwilixContainer<Cradle>,
  { dispose: false },
);

const WAYS: readonly (readonly [string, (container: AwilixContainer<Cradle>) => Dependency<Orders>])[] = [
  ["request.diScope", () => fromAwilix(getScope, "orders")],
  ["fromAwilix(container)", (container) => fromAwilix(container, "orders")],
];

/** Two dependencies that use the repository independently, and a handler that yields between the two. */
function defineTask(client: CloudTaskClient, orders: Dependency<Orders>) {
  const use = ({ orders: each }: { readonly orders: Orders }) => ({ note: (index: number) => each.users.push(index) });
  return client.task("process-order", {
    deps: { one: depends({ orders }, use), other: depends({ orders }, use) },
    run: async (index: number, { one, other }) => {
      one.note(index);
      await new Promise((resolve) => setImmediate(resolve));
      other.note(index);
    },
  });
}

test.each(WAYS)(
  "a thousand deliveries create and dispose a thousand repositories, none shared: %s",
  async (_, of) => {
    Orders.made = [];
    const container = makeContainer();
    await using emulator = await createEmulator({
      queues: { default: { rate: 500, burst: 500, concurrency: 100, retry: { maxAttempts: 1 } } },
    });
    // The client needs the app's port before the app exists.
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tasks/run`;
    await using client = new CloudTaskClient({ url, emulatorHost: emulator.host, secret: "s3cret-key" });
    const app = fastify({ serverFactory: (handler) => server.on("request", handler), forceCloseConnections: true });
    await app.register(fastifyAwilixPlugin, { container, disposeOnResponse: true });
    await app.register(cloudTaskPlugin, { client, prefix: "/tasks/run" });
    await app.ready();
    const statuses: unknown[] = [];
    emulator.on("attempt", (event) => event.phase === "finished" && statuses.push(event.status));

    const task = defineTask(client, of(container));
    const indexes = Array.from({ length: 1_000 }, (_each, index) => index);
    await client.pushMany(indexes.map((index) => task(index)));
    await emulator.idle();
    await app.close();

    expect(statuses).toEqual(indexes.map(() => 200));
    expect(Orders.made.map(({ disposed }) => disposed)).toEqual(indexes.map(() => 1));
    const users = Orders.made.map((each) => each.users);
    expect(users.toSorted(([a = 0], [b = 0]) => a - b)).toEqual(indexes.map((index) => [index, index]));
  },
  30_000,
);

test.each(WAYS)("a failed delivery also disposes its repository, once: %s", async (_, of) => {
  Orders.made = [];
  const container = makeContainer();
  const client = new CloudTaskClient({ url: "http://worker.test/tasks/run" });
  client.task("fail", { deps: { orders: of(container) }, run: () => Promise.reject(new Error("no stock")) });
  const app = fastify();
  await app.register(fastifyAwilixPlugin, { container });
  await app.register(cloudTaskPlugin, { client, prefix: "/tasks/run", allowUnauthenticated: true });
  expect((await app.inject(injected("fail"))).statusCode).toBe(500);
  await app.close();
  expect(Orders.made.map(({ disposed }) => disposed)).toEqual([1]);
});

test("a delivery shares the request's scope with hooks of the app, and the scope is disposed last", async () => {
  Orders.made = [];
  const seen: unknown[] = [];
  const client = new CloudTaskClient({ url: "http://worker.test/tasks/run" });
  const orders = fromAwilix(getScope, "orders");
  client.task("look", { deps: { orders }, run: (_: undefined, deps) => void seen.push(deps.orders) });
  const app = fastify();
  await app.register(fastifyAwilixPlugin, { container: makeContainer() });
  app.addHook("preHandler", async ({ diScope }) => void seen.push(diScope.resolve("orders")));
  app.addHook("onSend", async ({ diScope }) => void seen.push(diScope.resolve<Orders>("orders").disposed));
  await app.register(cloudTaskPlugin, { client, prefix: "/tasks/run", allowUnauthenticated: true });
  await app.inject(injected("look"));
  await app.close();
  expect(seen).toEqual([Orders.made[0], Orders.made[0], 0]);
  expect(Orders.made).toMatchObject([{ disposed: 1 }]);
});

test("a delivery whose caller disconnects disposes its scope", async () => {
  Orders.made = [];
  const container = makeContainer();
  const client = new CloudTaskClient({ url: "http://worker.test/tasks/run" });
  const caller = new AbortController();
  client.task("wait", {
    deps: { orders: fromAwilix(container, "orders") },
    run: async (_: undefined, { delivery }) => {
      caller.abort();
      await once(delivery.signal, "abort");
    },
  });
  const app = fastify({ forceCloseConnections: true });
  await app.register(fastifyAwilixPlugin, { container });
  await app.register(cloudTaskPlugin, { client, prefix: "/tasks/run", allowUnauthenticated: true });
  const { url, payload: body, ...init } = injected("wait");
  const call = fetch((await listenOn(app)) + url, { ...init, body, signal: caller.signal });
  await expect(call).rejects.toThrow();
  await app.close();
  expect(Orders.made.map(({ disposed }) => disposed)).toEqual([1]);
});
