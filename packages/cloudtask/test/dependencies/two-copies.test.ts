import { expect, test, vi } from "vitest";
import { CloudTaskClient, createWorker, depends } from "../../src/index.ts";
import { deliveryOf } from "../support/deliveries.ts";

type Library = typeof import("../../src/index.ts");

/** Evaluates the package again, as if another version of it were installed in the same process. */
async function secondCopy(): Promise<Library> {
  vi.resetModules();
  const copy: Library = await import("../../src/index.ts");
  expect(copy.depends).not.toBe(depends);
  return copy;
}

function newClient(): CloudTaskClient {
  return new CloudTaskClient({ url: "http://worker.test/" });
}

test("a dependency made by a second copy of the package is created, shared and torn down", async () => {
  const copy = await secondCopy();
  const log: string[] = [];
  const getDb = copy.depends(async function* () {
    log.push("connect");
    yield { insert: (row: string) => log.push(`insert ${row}`) };
    log.push("commit");
  });
  const getOrders = depends({ db: getDb }, ({ db }) => ({ save: () => db.insert("order") }));
  const saveOrder = newClient().task("save-order", {
    deps: { db: getDb, orders: getOrders },
    run: (_: undefined, { db, orders }) => {
      db.insert("log");
      orders.save();
    },
  });
  await saveOrder().execute();
  expect(log).toEqual(["connect", "insert log", "insert order", "commit"]);
});

test("a dependency of a second copy may need one of ours, and may be resolved with delivery.use()", async () => {
  const copy = await secondCopy();
  const getDb = depends(() => "db");
  const getOrders = copy.depends({ db: getDb }, ({ db }) => `orders in ${db}`);
  const task = newClient().task("save-order", (_: undefined, { delivery }) => delivery.use(getOrders));
  expect(await task().execute()).toBe("orders in db");
});

test("override() accepts a dependency of a second copy, as the replaced one and as the replacement", async () => {
  const copy = await secondCopy();
  const client = newClient();
  const getDb = copy.depends((): string => "real");
  const readDb = client.task("read-db", { deps: { db: getDb }, run: (_: undefined, { db }) => db });
  client.override(
    getDb,
    copy.depends(() => "fake"),
  );
  expect(await readDb().execute()).toBe("fake");
});

test("a client tears down the app dependencies that a second copy made", async () => {
  const copy = await secondCopy();
  const client = newClient();
  const log: string[] = [];
  const getPool = copy.depends(() => ({ [Symbol.dispose]: () => log.push("closed") }), { scope: "app" });
  const task = client.task("use-pool", { deps: { pool: getPool }, run: () => undefined });
  await task().execute();
  expect(log).toEqual([]);
  await client.close();
  expect(log).toEqual(["closed"]);
});

test("a worker finds the value that fromRequest() of a second copy attached to the request", async () => {
  const copy = await secondCopy();
  const tenant = copy.fromRequest<string>("tenant");
  const client = newClient();
  client.task("save-order", { deps: { tenant }, run: (_: undefined, deps) => `saved for ${deps.tenant}` });
  const worker = createWorker(client, { allowUnauthenticated: true });
  const response = await worker.fetch(tenant.attach(deliveryOf({ task: "save-order" }), "acme"));
  expect(await response.json()).toEqual({ status: "success", result: "saved for acme" });
});
