import { expect, test } from "vitest";
import { CloudTaskClient, createWorker, type Delivery, depends, NonRetriableError } from "../../src/index.ts";
import { deliveryOf } from "../support/deliveries.ts";

function traced(log: string[], name: string) {
  return depends(async function* () {
    log.push(`open ${name}`);
    yield name;
    log.push(`close ${name}`);
  });
}

test("a dependency that a factory requests with delivery.use() is torn down after it", async () => {
  const log: string[] = [];
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  const pool = traced(log, "pool");
  const session = depends(async function* ({ delivery }) {
    log.push(`open session of ${await delivery.use(pool)}`);
    yield "session";
    log.push("commit session");
  });
  await client
    .task("t", { deps: { session }, run: () => log.push("run") })()
    .execute();
  expect(log).toEqual(["open pool", "open session of pool", "run", "commit session", "close pool"]);
});

test("a dependency that a value requests later with delivery.use() is torn down after it", async () => {
  const log: string[] = [];
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  const audit = traced(log, "audit");
  const session = depends(async function* ({ delivery }: { delivery: Delivery }) {
    yield { record: () => delivery.use(audit) };
    log.push("commit session");
  });
  await client
    .task("t", { deps: { session }, run: (_: undefined, deps) => deps.session.record() })()
    .execute();
  expect(log).toEqual(["open audit", "commit session", "close audit"]);
});

test("an override affects app dependencies until it is undone", async () => {
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  const pool = depends((): string => "real", { scope: "app" });
  const repository = depends({ pool }, ({ pool: used }) => `repository on ${used}`, { scope: "app" });
  const look = client.task("look", { deps: { repository }, run: (_: undefined, deps) => deps.repository });
  expect(await look().execute()).toBe("repository on real");
  const restore = client.override(pool, "fake");
  expect(await look().execute()).toBe("repository on fake");
  restore();
  expect(await look().execute()).toBe("repository on real");
});

test("client.close() tears down the app instances created with and without an override", async () => {
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  const closed: string[] = [];
  const pool = depends((): string => "real", { scope: "app" });
  const repository = depends(
    { pool },
    async function* ({ pool: used }) {
      yield used;
      closed.push(used);
    },
    { scope: "app" },
  );
  const look = client.task("look", { deps: { repository }, run: () => 1 });
  await look().execute();
  client.override(pool, "fake");
  await look().execute();
  await client.close();
  expect(closed.toSorted()).toEqual(["fake", "real"]);
});

test("a dependency can replace the handler's error with an error of its own", async () => {
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  const db = depends(async function* () {
    try {
      yield "session";
    } catch (cause) {
      throw new NonRetriableError("the row is gone", { cause });
    }
  });
  client.task("t", { deps: { db }, run: () => Promise.reject(new Error("no such row")) });
  const worker = createWorker(client, { allowUnauthenticated: true });
  const response = await worker.fetch(deliveryOf({ task: "t" }));
  expect(await response.json()).toMatchObject({ status: "discarded", reason: "non-retriable" });
});

test("a dependency does not dispose a value that it received from use() and returns", async () => {
  const disposed: string[] = [];
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  const pool = depends(() => ({ [Symbol.dispose]: () => disposed.push("pool") }), { scope: "app" });
  const alias = depends(({ delivery }) => delivery.use(pool));
  const task = client.task("t", { deps: { alias }, run: () => 1 });
  await task().execute();
  await task().execute();
  expect(disposed).toEqual([]);
  await client.close();
  expect(disposed).toEqual(["pool"]);
});

test("an app instance that was invalidated during its creation is torn down too", async () => {
  const log: string[] = [];
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const client = new CloudTaskClient({ url: "http://worker.test/" });
  const address = depends((): string => "real", { scope: "app" });
  const pool = depends(
    { address },
    async function* () {
      await opened;
      yield 1;
      log.push("closed");
    },
    { scope: "app" },
  );
  const running = client
    .task("t", { deps: { pool }, run: () => 1 })()
    .execute();
  await new Promise((resolve) => setImmediate(resolve));
  client.override(address, "fake");
  const closing = client.close();
  open();
  await Promise.all([running, closing]);
  expect(log).toEqual(["closed"]);
});
