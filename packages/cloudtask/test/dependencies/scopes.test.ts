import { expect, test } from "vitest";
import { CloudTaskClient, type Delivery, type Dependency, depends } from "../../src/index.ts";

function makeClient(): CloudTaskClient {
  return new CloudTaskClient({ url: "http://localhost/tasks", eager: "immediate" });
}

test("an app dependency is created once for all deliveries and closed by client.close()", async () => {
  const client = makeClient();
  const log: string[] = [];
  const pool = depends(
    async function* () {
      log.push("open");
      yield { id: 1 };
      log.push("close");
    },
    { scope: "app" },
  );
  const task = client.task("use-pool", { deps: { pool }, run: async (_: undefined, { pool: { id } }) => id });
  await Promise.all([task().execute(), task().execute(), task().execute()]);
  expect(log).toEqual(["open"]);
  await client.close();
  expect(log).toEqual(["open", "close"]);
});

test("the next delivery tries again to create an app dependency that failed", async () => {
  const client = makeClient();
  const failures = [new Error("database is starting"), undefined];
  const pool = depends(
    async () => {
      const error = failures.shift();
      return error ? Promise.reject(error) : "pool";
    },
    { scope: "app" },
  );
  const task = client.task("use-pool", { deps: { pool }, run: (_: undefined, deps) => deps.pool });
  await expect(task().execute()).rejects.toThrow("database is starting");
  expect(await task().execute()).toBe("pool");
});

test("an app dependency cannot need a delivery dependency, and the error names the remedy", () => {
  const request = depends(() => "per delivery", { name: "request" });
  const define = () => depends({ request: request as never }, () => 1, { scope: "app", name: "cache" });
  expect(define).toThrow(
    /depends\(cache\).*cannot need "request", which has the scope "delivery"; give "request" the scope "app"/,
  );
});

test("circular dependencies through use() are an error instead of a deadlock", async () => {
  const client = makeClient();
  const deps: { a?: Dependency<unknown>; b?: Dependency<unknown> } = {};
  const use = (which: "a" | "b") => (context: { delivery: Delivery }) => context.delivery.use(deps[which] as never);
  deps.a = depends(use("b"));
  deps.b = depends({ a: deps.a }, () => 1);
  const circle = client.task("circle", { deps: { a: deps.a }, run: async () => 1 });
  await expect(circle().execute()).rejects.toThrow(/circular dependencies: .*a.*→/);
});

test("two factories that use() each other are an error instead of a deadlock", async () => {
  const client = makeClient();
  const deps: { a?: Dependency<unknown>; b?: Dependency<unknown> } = {};
  deps.a = depends(async ({ delivery }) => delivery.use(deps.b as never));
  deps.b = depends(async ({ delivery }) => delivery.use(deps.a as never));
  const circle = client.task("circle", { deps: { a: deps.a, b: deps.b }, run: async () => 1 });
  await expect(circle().execute()).rejects.toThrow(/circular dependencies/);
});

test("an override that needs the dependency it replaces is a circular dependency", async () => {
  const client = makeClient();
  const db = depends(() => "real");
  client.override(
    db,
    depends({ db }, ({ db: real }) => `wrapped ${real}`),
  );
  const task = client.task("wrapped", { deps: { db }, run: (_: undefined, deps) => deps.db });
  await expect(task().execute()).rejects.toThrow(/circular dependencies: db → db/);
});

test("an overridden dependency is never created, nor are the dependencies that only it needs", async () => {
  const client = makeClient();
  const created: string[] = [];
  const pool = depends(() => created.push("pool"));
  const db = depends({ pool }, () => {
    created.push("db");
    return { query: (): string => "real" };
  });
  const orders = depends({ db }, ({ db: { query } }) => ({ list: query }));
  const list = client.task("list", { deps: { orders }, run: (_: undefined, deps) => deps.orders.list() });
  const restore = client.override(db, { query: () => "fake" });
  expect(await list().execute()).toBe("fake");
  expect(created).toEqual([]);
  restore();
  expect(await list().execute()).toBe("real");
  expect(created).toEqual(["pool", "db"]);
});

test("overrides can be undone in any order, and the latest remaining one is active", async () => {
  const client = makeClient();
  const value = depends((): string => "real");
  const read = client.task("read", { deps: { value }, run: (_: undefined, deps) => deps.value });
  const first = client.override(value, "first");
  const second = client.override(value, "second");
  first();
  expect(await read().execute()).toBe("second");
  second[Symbol.dispose]();
  expect(await read().execute()).toBe("real");
  client.override(
    value,
    depends(() => "of a dependency"),
  );
  expect(await read().execute()).toBe("of a dependency");
});

test("a value passed to override() is not disposed, because the caller owns it", async () => {
  const client = makeClient();
  const disposed: string[] = [];
  const db = depends((): Disposable => ({ [Symbol.dispose]: () => disposed.push("real") }));
  const task = client.task("task", { deps: { db }, run: () => 1 });
  client.override(db, { [Symbol.dispose]: () => disposed.push("fake") });
  await task().execute();
  expect(disposed).toEqual([]);
});

test.each([
  ["a value instead of a factory", () => depends(5 as never), /expected a factory function, received number/],
  ["an unknown option", () => depends(() => 1, { scoped: "app" } as never), /unknown option "scoped"/],
  ["an unknown scope", () => depends(() => 1, { scope: "request" as never }), /must be "delivery" or "app"/],
  ["a function in deps", () => depends({ db: (() => 1) as never }, () => 1), /"db" must be a dependency/],
  ["the name delivery", () => depends({ delivery: depends(() => 1) } as never, () => 1), /"delivery" is reserved/],
])("depends() rejects %s", (_, make, message) => {
  expect(make).toThrow(message);
});
