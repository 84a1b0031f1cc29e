import { expect, test } from "vitest";
import { apiServer, clientOf, taskAt } from "../../test/support/api-server.ts";
import { startClockedScene } from "../../test/support/clocked-scene.ts";
import { failureOf } from "../../test/support/failure.ts";
import { CloudTaskClient, LimitError } from "../index.ts";

test("a push to App Engine sends exactly this request", async () => {
  const api = await apiServer();
  const client = clientOf(api, { url: "https://p.appspot.com/tasks/run?v=1", appEngine: {}, secret: "s3cret-key" });
  await client
    .task("t", { appEngine: { service: "api", version: "v2" }, dispatchDeadline: "24h", run: (_: number) => 1 })(7)
    .push({ appEngine: { instance: "3" }, headers: { "X-Trace": "1" } });
  expect(taskAt(api)).toEqual({
    dispatchDeadline: "86400s",
    appEngineHttpRequest: {
      httpMethod: "POST",
      relativeUri: "/tasks/run?v=1",
      appEngineRouting: { service: "api", version: "v2", instance: "3" },
      headers: {
        "Content-Type": "application/json",
        "CloudTask-AppEngine": '{"instance":"3"}',
        "CloudTask-Headers": "X-Trace",
        "CloudTask-Name": "t",
        "X-Trace": "1",
        "X-CloudTask-Secret": "s3cret-key",
      },
      body: Buffer.from('{"task":"t","payload":7}').toString("base64"),
    },
  });
});

test("options of a push override the definition's, and those override the client's: target, service and path", async () => {
  const api = await apiServer();
  const client = clientOf(api, { appEngine: { service: "a", relativeUri: "/client" } });
  const inherited = client.task("inherited", () => 1);
  const own = client.task("own", { appEngine: { relativeUri: "/own" }, run: () => 1 });
  const http = client.task("http", { appEngine: false, url: "https://other.test/run", run: () => 1 });
  await inherited().push();
  await own().push({ appEngine: { service: "b" } });
  await http().push();
  await http().push({ appEngine: { service: "c" } });
  await inherited().push({ appEngine: false });
  const sent = api.requests.map((_, index) => {
    const { httpRequest, appEngineHttpRequest } = taskAt(api, index);
    return httpRequest?.url ?? [appEngineHttpRequest?.appEngineRouting.service, appEngineHttpRequest?.relativeUri];
  });
  expect(sent).toEqual([
    ["a", "/client"],
    ["b", "/own"],
    "https://other.test/run",
    ["c", "/run"],
    "https://worker.test/tasks/run",
  ]);
});

test("an emulator delivers it, with its attempts and its retries", async () => {
  const { client, emulator, advance } = await startClockedScene({
    client: { appEngine: { service: "api" }, secret: "s3cret-key" },
    queue: { retry: { minBackoff: "10s" } },
  });
  const seen: unknown[] = [];
  const task = client.task("t", (payload: string, { delivery }) => {
    seen.push([payload, delivery.id, delivery.queue, delivery.attempt]);
    if (delivery.attempt === 1) throw new Error("not yet");
  });
  const { id } = await task("x").push({ name: "n" });
  await emulator.idle();
  await advance("10s");
  expect(seen).toEqual([
    ["x", id, "default", 1],
    ["x", id, "default", 2],
  ]);
  expect(emulator.attempts({ task: id }).map(({ response }) => response?.status)).toEqual([200, 500]);
});

test("the largest App Engine task is pushed, one byte more is rejected before anything is sent", async () => {
  const { client, emulator } = await startClockedScene({ client: { appEngine: { service: "api", version: "v2" } } });
  const store = client.task("store", (_: string) => undefined);
  const push = (length: number, name: string) => store("x".repeat(length)).push({ name, delay: "1h" });
  const over = await failureOf<LimitError>(push(1_100_000, "one"));
  const fits = 1_100_000 - (over.actual - over.allowed);
  const error = await failureOf<LimitError>(push(fits + 1, "one"));
  expect(error).toBeInstanceOf(LimitError);
  expect(error).toMatchObject({ limit: "task-size", actual: error.allowed + 1 });
  await push(fits, "one");
  await emulator.idle();
});

test("a deadline can be as long as App Engine allows, but not for an HTTP target", async () => {
  const api = await apiServer();
  const client = clientOf(api, { appEngine: {}, dispatchDeadline: "24h" });
  const task = client.task("t", () => 1);
  await task().push({ dispatchDeadline: "86415s" });
  const error = await failureOf<LimitError>(task().push({ dispatchDeadline: "86416s" }));
  expect(error).toMatchObject({ limit: "dispatch-deadline", allowed: 86_415_000 });
  expect(error.message).toContain("Cloud Tasks accepts 15s to 24h 15s");
  await expect(task().push({ appEngine: false })).rejects.toThrow(
    "`dispatchDeadline` is 24h, 23h 30m too long; Cloud Tasks accepts 15s to 30m",
  );
  expect(() => client.task("http", { appEngine: false, run: () => 1 })).toThrow(LimitError);
  await task().push({ appEngine: false, dispatchDeadline: "30m" });
  expect(api.requests).toHaveLength(2);
});

test.each(["client", "definition", "push"] as const)(
  "an App Engine target of the %s is rejected beside a serviceAccount, because it carries no token",
  async (where) => {
    const appEngine = { service: "api" };
    const given = { client: {}, definition: {}, push: {}, [where]: { appEngine } };
    const push = async () => {
      const client = clientOf(await apiServer(), {
        serviceAccount: "tasks@p.iam.gserviceaccount.com",
        secret: "s3cret-key",
        ...given.client,
      });
      return client
        .task("t", { ...given.definition, run: () => 1 })()
        .push(given.push);
    };
    const error = await failureOf(push());
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain("`appEngine` and `serviceAccount` cannot be combined");
  },
);

test.each<[string, unknown, string]>([
  ["in words", "api", "CloudTaskClient: appEngine: options must be an object, received string"],
  ["with an unknown part", { module: "api" }, 'CloudTaskClient: appEngine: unknown option "module"'],
  [
    "with a service that is none",
    { service: "a.b" },
    '`appEngine.service` must be an id such as "api", received "a.b"',
  ],
  ["with an instance that is a number", { instance: 3 }, "`appEngine.instance` must be an id such as"],
  [
    "with a path that is none",
    { relativeUri: "run" },
    '`appEngine.relativeUri` must be a path without spaces such as "/tasks/run"',
  ],
  ["with a path with spaces", { relativeUri: "/a b" }, "without spaces"],
  [
    "with a path too long",
    { relativeUri: `/${"a".repeat(2083)}` },
    "has 2084 characters when it is encoded, 1 too many",
  ],
])("appEngine %s is rejected", (_, appEngine, message) => {
  const options = { url: "https://worker.test/", appEngine: appEngine as object };
  expect(() => new CloudTaskClient(options)).toThrow(message);
});

test("in eager modes it runs in this process, or is sent to the host of url, as App Engine would send it", async () => {
  const { url, emulator } = await startClockedScene();
  const headers: unknown[] = [];
  const here = clientOf({ host: emulator.host }, { appEngine: { service: "api" }, eager: "immediate", url });
  const run = (_: undefined, { delivery: { id, request } }: { delivery: { id: string; request: Request } }) => {
    headers.push([request.headers.get("X-AppEngine-TaskName") === id, request.headers.get("X-CloudTasks-TaskName")]);
  };
  await here.task("t", run)().push();
  const remote = await startClockedScene({ client: { appEngine: { relativeUri: "/other" }, eager: "remote" } });
  await remote.client.task("t", run)().push();
  expect(headers).toEqual([
    [true, null],
    [true, null],
  ]);
});
