import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { bundleScript } from "../../../../test/support/bundle-script.ts";
import { CloudTaskClient, CloudTaskError, depends, type Transport } from "../../src/index.ts";
import { apiServer, bodyAt, clientOf, created } from "../support/api-server.ts";
import { failureOf } from "../support/failure.ts";

function pool(log: string[]) {
  return depends(
    async function* () {
      log.push("open");
      yield "pool";
      log.push("closed");
    },
    { scope: "app" },
  );
}

test("after close() pushes are rejected, in eager modes too", async () => {
  const api = await apiServer();
  const clients = [
    clientOf(api),
    clientOf(undefined, { eager: "immediate" }),
    clientOf(undefined, { eager: "remote" }),
  ];
  for (const client of clients) {
    const task = client.task("t", () => expect.unreachable());
    await client.close();
    const error = await failureOf<CloudTaskError>(task().push());
    expect(error).toBeInstanceOf(CloudTaskError);
    expect(error).toMatchObject({ code: "CLIENT_CLOSED", message: 'pushing "t": the client was closed' });
  }
  expect(api.requests).toEqual([]);
});

test("after close() nothing is executed either", async () => {
  const client = clientOf(undefined);
  const task = client.task("t", () => expect.unreachable());
  await client.close();
  const error = await failureOf<CloudTaskError>(task().execute());
  expect(error).toMatchObject({ code: "CLIENT_CLOSED", message: 'executing "t": the client was closed' });
});

test("after close() nothing is deleted either", async () => {
  const api = await apiServer();
  const client = clientOf(api);
  await client.close();
  const deleting = client.deleteTask("projects/p/locations/l/queues/q/tasks/1");
  await expect(deleting).rejects.toMatchObject({ code: "CLIENT_CLOSED" });
  expect(api.requests).toEqual([]);
});

test("a running push can finish", async () => {
  const events = new EventEmitter();
  const api = await apiServer((outgoing, request) => {
    events.once("release", () => created(outgoing, request));
    events.emit("arrived");
  });
  const client = clientOf(api);
  const arrived = once(events, "arrived");
  const push = client
    .task("t", () => undefined)()
    .push();
  await arrived;
  await client.close();
  events.emit("release");
  expect(await push).toMatchObject({ queue: "default" });
});

test("close() tears down app dependencies once, even if it is called several times", async () => {
  const log: string[] = [];
  const client = clientOf(undefined, { eager: "immediate" });
  const task = client.task("t", { deps: { pool: pool(log) }, run: (_: undefined, { pool }) => pool });
  await task().push();
  await task().push();
  expect(log).toEqual(["open"]);
  await Promise.all([client.close(), client.close()]);
  await client.close();
  expect(log).toEqual(["open", "closed"]);
});

test("`await using` closes the client", async () => {
  const log: string[] = [];
  {
    await using client = new CloudTaskClient({ url: "https://worker.test/", eager: "immediate" });
    await client
      .task("t", { deps: { pool: pool(log) }, run: () => undefined })()
      .push();
  }
  expect(log).toEqual(["open", "closed"]);
});

test("a dependency that cannot be torn down fails every call of close()", async () => {
  const broken = depends(
    function* () {
      yield 1;
      throw new Error("still in use");
    },
    { scope: "app", name: "pool" },
  );
  const client = clientOf(undefined, { eager: "immediate" });
  await client
    .task("t", { deps: { broken }, run: () => undefined })()
    .push();
  const failures = [await failureOf(client.close()), await failureOf(client.close())];
  expect(failures[0]).toMatchObject({ code: "TEARDOWN_FAILED", error: new Error("still in use") });
  expect(failures[1]).toBe(failures[0]);
});

test("dependencies are torn down even if the transport cannot be closed", async () => {
  const log: string[] = [];
  const stuck = new Error("stuck");
  const transport: Transport = { call: async () => ({ body: {}, attempts: 1 }), close: () => Promise.reject(stuck) };
  const client = clientOf(undefined, { transport, apiRetry: undefined, eager: "immediate" });
  await client
    .task("t", { deps: { pool: pool(log) }, run: () => undefined })()
    .push();
  expect(await failureOf(client.close())).toBe(stuck);
  expect(log).toEqual(["open", "closed"]);
});

test("a custom transport receives the calls", async () => {
  const calls: unknown[] = [];
  const transport: Transport = {
    call: async ({ method, path, action }) => {
      calls.push([method, path, action]);
      return { body: { name: `${path}/1` }, attempts: 1 };
    },
    close: async () => undefined,
  };
  const { name } = await clientOf(undefined, { transport, apiRetry: undefined })
    .task("t", () => undefined)()
    .push();
  const queue = "projects/p/locations/l/queues/default";
  expect(calls).toEqual([["POST", `${queue}/tasks`, `push "t" to ${queue}`]]);
  expect(name).toBe(`${queue}/tasks/1`);
});

test.each(["leave", "close"])("a process exits after a push: %s", async (how) => {
  const api = await apiServer();
  const script = fileURLToPath(new URL("../support/push-and-leave.ts", import.meta.url));
  const child = spawn(process.execPath, [await bundleScript(script), api.host, how], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
  expect(bodyAt(api)).toEqual({ task: "t" });
});

test("two clients in one process share nothing", async () => {
  const apis = [await apiServer(), await apiServer()];
  const getDb = depends(() => "real");
  const [one, other] = apis.map((api, index) => clientOf(api, { project: `p${index}`, secret: `s3cret-of-${index}` }));
  const define = (client: CloudTaskClient | undefined) =>
    client?.task("t", { deps: { db: getDb }, run: (_: undefined, { db }) => db });
  const [first, second] = [define(one), define(other)];
  one?.override(getDb, "fake");
  expect([await first?.().execute(), await second?.().execute()]).toEqual(["fake", "real"]);

  await one?.close();
  await second?.().push();
  expect(apis.map(({ requests }) => requests.map(({ path }) => path.split("/")[3]))).toEqual([[], ["p1"]]);
});
