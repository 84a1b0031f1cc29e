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

/** A container with a session per scope and services that use it, and a client. */
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

test("a delivery has one scope, shared by all dependencies, and the next delivery has another", async () => {
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
])("the scope is disposed after its dependents and before the answer: %s", async (_, run, status) => {
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

test("if disposing the scope fails, the delivery fails and Cloud Tasks retries", async () => {
  const { container, client, deliver } = scene();
  container.register({
    session: asClass(Session)
      .scoped()
      .disposer(() => Promise.reject(new Error("lost"))),
  });
  client.task("t", { deps: { session: fromAwilix(container, "session") }, run: () => "done" });
  expect(await deliver()).toBe(500);
});

test("singletons outlive the delivery, and the container is unchanged", async () => {
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

test("the delivery is registered in the scope, also for scoped services in strict mode", async () => {
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

test("a registration `delivery` of the container is not replaced", async () => {
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

test("a cradle, which throws for unknown names, can be provided as a dependency", async () => {
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

test("disposable registrations are disposed only by awilix", async () => {
  const { log, container, client, deliver } = scene();
  const file = { [Symbol.asyncDispose]: async () => void log.push("file disposed") };
  const withFile = container.register({ file: asFunction(() => file).scoped() });
  client.task("t", { deps: { file: fromAwilix(withFile, "file") }, run: () => undefined });
  expect(await deliver()).toBe(200);
  expect(log).toEqual([]);
});

test("a scope of another owner is used as it is, and not disposed", async () => {
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

test('a container of scope "app" has a scope per delivery', async () => {
  const { log, container, client, deliver } = scene();
  const getContainer = depends(async () => container, { scope: "app", dispose: false });
  client.task("t", { deps: { orders: fromAwilix(getContainer, "orders") }, run: () => undefined });
  expect([await deliver(), await deliver()]).toEqual([200, 200]);
  expect(log).toEqual(["session opened", "session closed", "session opened", "session closed"]);
});

test("after an override nothing is created in the container", async () => {
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

test("an unknown name fails the delivery with awilix's error", async () => {
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
])("%s is rejected when the dependency is created", (_, source) => {
  expect(() => fromAwilix(source as never)).toThrow(TypeError);
  expect(() => fromAwilix(source as never)).toThrow("expected an awilix container, or a dependency that provides one");
});

test("types come from the cradle; unknown names are type errors, except for an untyped container", () => {
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
