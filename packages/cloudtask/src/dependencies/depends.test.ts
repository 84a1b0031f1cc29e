import { afterEach, expect, test } from "vitest";
import { CloudTaskClient, depends, TeardownError } from "../index.ts";

const client = new CloudTaskClient({ url: "http://localhost/tasks", eager: "immediate" });
let log: string[] = [];
let serial = 0;

/** Defines a task with `deps` and runs it. */
function run<const Deps extends Parameters<typeof depends>[0] & object>(
  deps: Deps,
  handler: (context: Record<string, unknown>) => unknown = () => log.push("handler"),
): Promise<unknown> {
  const options = { deps: deps as never, run: async (_: undefined, context: never) => handler(context) };
  return client.task(`task-${serial++}`, options)().execute();
}

/** A dependency that logs when it opens and how it closes. */
function traced(name: string, deps: object = {}, fail: { readonly [step: string]: Error } = {}) {
  return depends(deps as never, async function* () {
    log.push(`open ${name}`);
    if (fail.open) throw fail.open;
    try {
      yield name;
      if (fail.commit) throw fail.commit;
      log.push(`commit ${name}`);
    } catch (error) {
      log.push(`rollback ${name}`);
      if (fail.rollback) throw fail.rollback;
      throw error;
    } finally {
      log.push(`close ${name}`);
    }
  });
}

afterEach(() => {
  log = [];
});

test.each([
  ["a value", () => 5],
  ["a promise", async () => 5],
  [
    "a generator",
    function* () {
      yield 5;
    },
  ],
  [
    "a generator that yields a promise",
    function* () {
      yield Promise.resolve(5);
    },
  ],
  [
    "an async generator",
    async function* () {
      yield 5;
    },
  ],
])("a dependency made of %s provides the value", async (_, factory) => {
  expect(await run({ it: depends(factory as () => number) }, ({ it }) => it)).toBe(5);
});

test("the code after the yield runs after the handler and before the task is done", async () => {
  await run({ db: traced("db") });
  expect(log).toEqual(["open db", "handler", "commit db", "close db"]);
});

test("all dependencies and the handler share one instance of a dependency", async () => {
  const db = depends(() => ({ id: Symbol("session") }));
  const orders = depends({ db }, ({ db: session }) => ({ session }));
  const users = depends({ session: db }, ({ session }) => ({ session }));
  const seen = await run({ db, orders, users, again: db }, (context) => context);
  const { db: session, orders: a, users: b, again } = seen as Record<string, { session?: unknown }>;
  expect([a?.session, b?.session, again]).toEqual([session, session, session]);
  expect(a?.session).toBe(session);
});

test("two deliveries never share an instance", async () => {
  const db = depends(() => ({}));
  const handler = (context: Record<string, unknown>): unknown => context.db;
  expect(await run({ db }, handler)).not.toBe(await run({ db }, handler));
});

test("teardown runs in reverse order of creation", async () => {
  const db = traced("db");
  await run({ orders: traced("orders", { db }), mail: traced("mail"), db });
  expect(log.filter((line) => line.startsWith("close"))).toEqual(["close orders", "close mail", "close db"]);
});

test("siblings are created concurrently", async () => {
  let arrived = 0;
  let release: () => void = () => undefined;
  const both = new Promise<void>((resolve) => {
    release = resolve;
  });
  const meets = () => {
    arrived += 1;
    [() => undefined, () => undefined, release][arrived]?.();
    return both;
  };
  await run({ a: depends(meets), b: depends(meets) });
  expect(arrived).toBe(2);
});

test("the handler's error is thrown at the yield of every dependency", async () => {
  const db = traced("db");
  const failing = run({ orders: traced("orders", { db }) }, () => {
    throw new Error("no stock");
  });
  await expect(failing).rejects.toThrow("no stock");
  expect(log).toEqual(["open db", "open orders", "rollback orders", "close orders", "rollback db", "close db"]);
});

test("a generator that catches the handler's error does not make the task succeed", async () => {
  const forgiving = depends(function* () {
    try {
      yield 1;
    } catch {
      log.push("swallowed");
    }
  });
  const failing = run({ forgiving }, () => {
    throw new Error("still wrong");
  });
  await expect(failing).rejects.toThrow("still wrong");
  expect(log).toEqual(["swallowed"]);
});

test("a failed commit fails the task and rolls back the dependencies created before", async () => {
  const db = traced("db");
  const commit = new Error("serialization failure");
  const failing = run({ orders: traced("orders", { db }, { commit }) });
  await expect(failing).rejects.toThrow(TeardownError);
  await expect(failing).rejects.toMatchObject({ error: commit, suppressed: undefined, cause: commit });
  expect(log).toContain("rollback db");
});

test("the error of a failed rollback contains the handler's error too", async () => {
  const rollback = new Error("connection lost");
  const thrown = new Error("no stock");
  const failing = run({ db: traced("db", {}, { rollback }) }, () => {
    throw thrown;
  });
  await expect(failing).rejects.toMatchObject({ error: rollback, suppressed: thrown });
});

test("a dependency that throws on creation fails the task and tears down its siblings", async () => {
  const open = new Error("no connection");
  await expect(run({ a: traced("a"), b: traced("b", {}, { open }) })).rejects.toBe(open);
  expect(log).not.toContain("handler");
  expect(log).toContain("rollback a");
});

test.each([
  ["async disposable", Symbol.asyncDispose],
  ["disposable", Symbol.dispose],
])("a returned %s is disposed", async (_, method) => {
  const resource = depends(async () => ({ [method]: () => log.push("disposed") }));
  await run({ resource });
  expect(log).toEqual(["handler", "disposed"]);
});

test("a proxy that throws for unknown properties, such as a container's cradle, can be a value", async () => {
  const cradle = new Proxy({} as { orders: string }, {
    get: (_, name) => {
      if (name === "orders") return "orders";
      if (name === "then") return undefined;
      throw new Error(`could not resolve ${String(name)}`);
    },
    has: (_, name) => name === "orders",
  });
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  const deps = { one: depends(() => cradle), other: depends(async () => cradle) };
  const task = client.task("t", { deps, run: (_: unknown, { one, other }) => [one.orders, other.orders] });
  expect(await task(0).execute()).toEqual(["orders", "orders"]);
});

test("a disposable that the dependency does not own is not disposed", async () => {
  const pool = { [Symbol.dispose]: () => log.push("disposed") };
  const shared = depends(() => pool, { dispose: false });
  const owner = depends(() => pool);
  const alias = depends({ owner }, ({ owner: value }) => value);
  await run({ shared });
  expect(log).toEqual(["handler"]);
  await run({ alias });
  expect(log).toEqual(["handler", "handler", "disposed"]);
});

test.each([
  ["no yield", async function* () {}, /ended without a yield/],
  [
    "two yields",
    async function* () {
      yield 1;
      yield 2;
    },
    /yielded more than once/,
  ],
] as const)("a generator with %s fails the task with an error that names the problem", async (_, factory, message) => {
  await expect(run({ it: depends(factory as never) })).rejects.toThrow(message);
});

test("delivery.use() resolves a dependency on demand, as part of the same delivery", async () => {
  const db = traced("db");
  const lazy = traced("lazy", { db });
  await run({ db }, async ({ delivery }) => {
    log.push(String(await (delivery as { use(of: unknown): Promise<string> }).use(lazy)));
  });
  expect(log).toEqual(["open db", "open lazy", "lazy", "commit lazy", "close lazy", "commit db", "close db"]);
});

test("delivery.use() rejects after the delivery is over", async () => {
  const delivery = (await run({}, (context) => context.delivery)) as { use(of: unknown): Promise<unknown> };
  await expect(delivery.use(traced("late"))).rejects.toThrow(/after its delivery was over/);
});

test("the result of a use() without await is torn down, and its rejection is handled", async () => {
  const open = new Error("not awaited");
  await run({}, ({ delivery }) => {
    const { use } = delivery as { use(of: unknown): Promise<unknown> };
    use(traced("not awaited"));
    use(traced("broken", {}, { open }));
  });
  expect(log).toContain("commit not awaited");
});

test("a sync generator receives the rejection of a promise that it yielded, and cleans up", async () => {
  const session = depends(function* () {
    try {
      yield Promise.reject(new Error("no connection"));
    } finally {
      log.push("cleaned up");
    }
  });
  await expect(run({ session })).rejects.toThrow("no connection");
  expect(log).toEqual(["cleaned up"]);
});
