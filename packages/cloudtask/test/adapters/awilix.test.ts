import { asClass, asFunction, asValue, createContainer } from "awilix";
import { fromAwilix } from "cloudtask/awilix";
import { expect, expectTypeOf, test } from "vitest";
import { CloudTaskClient, createWorker, type Delivery, type Dependency, depends } from "../../src/index.ts";
import { deliveryOf } from "../support/deliveries.ts";

class Session {
  readonly id: number;
  constructor({ log }: { readonly log: string[] }) {
    this.id = log.push("session opened");
  }
}

class Orders {
  readonly session: Session;
  constructor({ session }: { readonly session: Session }) {
    this.session = session;
  }
}

interface Cradle {
  readonly log: string[];
  readonly session: Session;
  readonly orders: Orders;
  readonly settings: Promise<{ readonly region: string }>;
}

/** A container with a session for each scope, and what uses it; and a client. */
function scene() {
  const log: string[] = [];
  const container = createContainer<Cradle>({ strict: true }).register({
    log: asValue(log),
    session: asClass(Session)
      .scoped()
      .disposer(() => void log.push("session closed")),
    orders: asClass(Orders).scoped(),
    settings: asFunction(async () => ({ region: "eu" })).singleton(),
  });
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  const worker = createWorker(client, { allowUnauthenticated: true });
  const deliver = async (task = "t"): Promise<number> => (await worker.fetch(deliveryOf({ task }))).status;
  return { log, container, client, deliver };
}

test("one scope for a delivery, whatever asks and however often, and none of it in the next", async () => {
  const { log, container, client, deliver } = scene();
  const getSession = fromAwilix(container, "session");
  const getAudit = depends({ session: getSession }, ({ session }) => ({ session }));
  const seen: Session[][] = [];
  client.task("t", {
    deps: { orders: fromAwilix(container, "orders"), cradle: fromAwilix(container), audit: getAudit },
    run: async (_: undefined, { orders, cradle, audit, delivery }) => {
      const later = await delivery.use(fromAwilix(container, "session"));
      seen.push([orders.session, cradle.session, audit.session, later]);
    },
  });
  expect(await Promise.all([deliver(), deliver(), deliver()])).toEqual([200, 200, 200]);
  expect(seen.map((sessions) => new Set(sessions).size)).toEqual([1, 1, 1]);
  expect(new Set(seen.flat()).size).toBe(3);
  expect(log.toSorted()).toEqual([...Array(3).fill("session closed"), ...Array(3).fill("session opened")]);
});

test.each([
  ["a success", () => undefined, 200],
  ["a failure", () => Promise.reject(new Error("no stock")), 500],
])("the scope is disposed after what uses it, and before the answer: %s", async (_, run, status) => {
  const { log, container, client, deliver } = scene();
  const getTransaction = depends({ session: fromAwilix(container, "session") }, async function* () {
    try {
      yield log.push("begin");
      log.push("commit");
    } catch (error) {
      log.push("rollback");
      throw error;
    }
  });
  client.task("t", { deps: { transaction: getTransaction }, run });
  expect(await deliver()).toBe(status);
  expect(log).toEqual(["session opened", "begin", status === 200 ? "commit" : "rollback", "session closed"]);
});

test("a scope that cannot be disposed fails the delivery, so that Cloud Tasks retries", async () => {
  const { container, client, deliver } = scene();
  container.register({
    session: asClass(Session)
      .scoped()
      .disposer(() => Promise.reject(new Error("lost"))),
  });
  client.task("t", { deps: { session: fromAwilix(container, "session") }, run: () => "done" });
  expect(await deliver()).toBe(500);
});

test("singletons outlive the delivery, and the container is left as it was", async () => {
  const { container, client, deliver } = scene();
  const seen: unknown[] = [];
  client.task("t", {
    deps: { settings: fromAwilix(container, "settings") },
    run: (_: undefined, { settings }) => void seen.push(settings),
  });
  await deliver();
  await deliver();
  expect(seen).toEqual([{ region: "eu" }, { region: "eu" }]);
  expect(seen[0]).toBe(seen[1]);
  expect(Object.keys(container.registrations)).toEqual(["log", "session", "orders", "settings"]);
});

test("the delivery is in the scope, for scoped services in strict mode too", async () => {
  const { container, client, deliver } = scene();
  const attemptOf = ({ delivery }: { readonly delivery: Delivery }): string => `${delivery.task} ${delivery.attempt}`;
  const withAttempt = container.register({ attempt: asFunction(attemptOf).scoped() });
  const seen: string[] = [];
  client.task("t", {
    deps: { attempt: fromAwilix(withAttempt, "attempt") },
    run: (_: undefined, { attempt }) => void seen.push(attempt),
  });
  expect(await deliver()).toBe(200);
  expect(seen).toEqual(["t 1"]);
});

test("what the container itself calls `delivery` stays what it was", async () => {
  const { container, client, deliver } = scene();
  const withVans = container.register({ delivery: asValue("by van") });
  const seen: string[] = [];
  client.task("t", {
    deps: { cradle: fromAwilix(withVans) },
    run: (_: undefined, { cradle }) => void seen.push(cradle.delivery),
  });
  expect(await deliver()).toBe(200);
  expect(seen).toEqual(["by van"]);
});

test("a cradle, which throws for names it lacks, passes unharmed through what is made of it", async () => {
  const { container, client, deliver } = scene();
  const getCradle = depends({ cradle: fromAwilix(container) }, async ({ cradle }) => cradle);
  const seen: number[] = [];
  client.use(async (delivery, next) => {
    seen.push((await delivery.use(getCradle)).session.id);
    return next();
  });
  client.task("t", {
    deps: { cradle: getCradle },
    run: (_: undefined, { cradle }) => void seen.push(cradle.orders.session.id),
    onSuccess: async ({ delivery }) => void seen.push((await delivery.use(fromAwilix(container))).session.id),
  });
  expect(await deliver()).toBe(200);
  expect(seen).toHaveLength(3);
});

test("what is registered and disposable is disposed by awilix alone", async () => {
  const { log, container, client, deliver } = scene();
  const file = { [Symbol.asyncDispose]: async () => void log.push("file disposed") };
  const withFile = container.register({ file: asFunction(() => file).scoped() });
  client.task("t", { deps: { file: fromAwilix(withFile, "file") }, run: () => undefined });
  expect(await deliver()).toBe(200);
  expect(log).toEqual([]);
});

test("a scope that someone else opened is used as it is, and left to them", async () => {
  const { log, container, client, deliver } = scene();
  const scope = container.createScope();
  const getScope = depends(() => scope, { dispose: false });
  const seen: unknown[] = [];
  client.task("t", {
    deps: { session: fromAwilix(getScope, "session"), cradle: fromAwilix(getScope) },
    run: (_: undefined, { session, cradle }) => void seen.push(session, cradle.session),
  });
  expect([await deliver(), await deliver()]).toEqual([200, 200]);
  expect(new Set(seen)).toEqual(new Set([scope.cradle.session]));
  expect(log).toEqual(["session opened"]);
  expect(scope.hasRegistration("delivery")).toBe(false);
});

test("a container that lives as long as the client is given a scope for each delivery", async () => {
  const { log, container, client, deliver } = scene();
  const getContainer = depends(async () => container, { scope: "app", dispose: false });
  client.task("t", { deps: { orders: fromAwilix(getContainer, "orders") }, run: () => undefined });
  expect([await deliver(), await deliver()]).toEqual([200, 200]);
  expect(log).toEqual(["session opened", "session closed", "session opened", "session closed"]);
});

test("a fake takes its place, and then nothing is made in the container", async () => {
  const { log, container, client, deliver } = scene();
  const getOrders = fromAwilix(container, "orders");
  const seen: unknown[] = [];
  client.task("t", { deps: { orders: getOrders }, run: (_: undefined, { orders }) => void seen.push(orders) });
  const fake = { session: { id: 0 } };
  const restore = client.override(getOrders, fake);
  expect(await deliver()).toBe(200);
  restore();
  expect([seen, log]).toEqual([[fake], []]);
});

test("a name that the container lacks fails the delivery with what awilix says of it", async () => {
  const errors: unknown[] = [];
  const client = new CloudTaskClient({
    url: "http://worker.test/",
    onError: ({ error }) => void errors.push(error),
  });
  const container = createContainer();
  client.task("t", { deps: { orders: fromAwilix(container, "orders") }, run: () => undefined });
  const worker = createWorker(client, { allowUnauthenticated: true });
  expect((await worker.fetch(deliveryOf({ task: "t" }))).status).toBe(500);
  expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining("Could not resolve 'orders'") })]);
});

test.each([
  ["nothing", undefined],
  ["an object that is no container", {}],
  ["a cradle", createContainer().cradle],
])("%s is refused where the dependency is made", (_, source) => {
  expect(() => fromAwilix(source as never)).toThrow(TypeError);
  expect(() => fromAwilix(source as never)).toThrow("expected an awilix container, or a dependency that provides one");
});

test("the types are the cradle's, and a name that it lacks is refused; an untyped container takes any", () => {
  const container = createContainer<Cradle>();
  const getScope = depends(() => container.createScope<{ readonly user: string }>());
  expectTypeOf(fromAwilix(container)).toEqualTypeOf<Dependency<Cradle>>();
  expectTypeOf(fromAwilix(container, "orders")).toEqualTypeOf<Dependency<Orders>>();
  expectTypeOf(fromAwilix(container, "settings")).toEqualTypeOf<Dependency<{ readonly region: string }>>();
  expectTypeOf(fromAwilix(getScope, "user")).toEqualTypeOf<Dependency<string>>();
  expectTypeOf(fromAwilix(createContainer(), "whatever")).toEqualTypeOf<Dependency<unknown>>();
  // @ts-expect-error there is no "ordrs"
  fromAwilix(container, "ordrs");
  // @ts-expect-error nor in the scope
  fromAwilix(getScope, "ordrs");
});
