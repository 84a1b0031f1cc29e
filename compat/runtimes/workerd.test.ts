import { beforeAll, describe, expect, test } from "vitest";
import { abandon } from "./support/abandon.ts";
import { startApiServer } from "./support/api-server.ts";
import { bundledWorker } from "./support/bundle.ts";
import { type StartService, startServiceScene } from "./support/service-scene.ts";
import { serviceSuite } from "./support/service-suite.ts";
import { startWorker } from "./support/worker.ts";

const DELIVERY = { "Content-Type": "application/json", "X-CloudTask-Secret": "s3cret-key" };

let service: string;
let lifecycle: string;

beforeAll(async () => {
  service = await bundledWorker("service-worker");
  lifecycle = await bundledWorker("lifecycle-worker");
});

const bare: StartService = (port, emulatorHost) =>
  startWorker(service, { port, env: { ORIGIN: `http://127.0.0.1:${port}`, EMULATOR: emulatorHost } });

/** The client finds the emulator by itself, because bindings are environment variables too. */
const withNode: StartService = (port, emulatorHost) =>
  startWorker(service, {
    port,
    env: { ORIGIN: `http://127.0.0.1:${port}`, CLOUD_TASKS_EMULATOR_HOST: emulatorHost },
    flags: ["nodejs_compat"],
  });

describe("workerd", () => serviceSuite("workerd", bare, { defersPushes: false }));
describe("workerd with nodejs_compat", () => serviceSuite("workerd with nodejs_compat", withNode));

/** A typical worker, with a server that it calls. */
async function startScene(flags: readonly string[] = []) {
  const api = await startApiServer();
  const worker = await startWorker(lifecycle, { env: { API: api.origin, GREETING: "hello" }, flags });
  const { origin } = worker;
  return {
    api,
    origin,
    deliver: (task: string, payload?: unknown) => ({ headers: DELIVERY, body: JSON.stringify({ task, payload }) }),
    journal: async (): Promise<unknown> => (await fetch(`${origin}/journal`)).json(),
    async [Symbol.asyncDispose]() {
      await worker[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
    },
  };
}

test("workerd: a handler receives the bindings of its request, and its session is closed before the answer", async () => {
  await using scene = await startScene();
  const { status } = await fetch(`${scene.origin}/tasks/run`, { method: "POST", ...scene.deliver("greet", "world") });
  expect(status).toBe(200);
  expect(await scene.journal()).toEqual(["begin", "hello world", "commit", "release"]);
});

test("workerd: an access token is requested once and reused by later requests", async () => {
  await using scene = await startScene();
  const pushes = [1, 2, 3].map(() => fetch(`${scene.origin}/push`));
  expect((await Promise.all(pushes)).map(({ status }) => status)).toEqual([200, 200, 200]);
  scene.api.hold("/token");
  expect((await fetch(`${scene.origin}/push`)).status).toBe(200);
});

test("workerd: a push does not wait for an access token that another request was fetching when its caller disconnected", async () => {
  await using scene = await startScene();
  scene.api.hold("/token");
  await abandon(`${scene.origin}/push`, {}, scene.api.called("/token"));
  scene.api.answer("/token");
  expect((await fetch(`${scene.origin}/push`)).status).toBe(200);
});

test("workerd: a delivery does not wait for keys that another one was fetching when its caller disconnected", async () => {
  await using scene = await startServiceScene(bare);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = `${part({ alg: "RS256", kid: "nobody's" })}.${part({ iss: "nobody" })}.e30`;
  const asked = new Promise<void>((resolve) => {
    scene.proxy.plan = () => () => resolve();
  });
  const headers = { ...DELIVERY, Authorization: `Bearer ${token}` };
  await abandon(`${scene.origin}/tasks/run`, { headers, body: "{}" }, asked);
  await scene.reset();
  await scene.do("push", "x");
  await scene.emulator.idle();
  expect(scene.emulator.attempts().map(({ status }) => status)).toEqual([200]);
});

test("workerd: if the caller disconnects, a delivery in waitUntil() still ends and is torn down", async () => {
  await using scene = await startScene();
  scene.api.hold("/wait");
  await abandon(`${scene.origin}/tasks/run`, scene.deliver("wait"), scene.api.called("/wait"));
  scene.api.answer("/wait");
  await scene.api.called("/release");
  expect(await scene.journal()).toEqual(["begin", "hello before", "hello after", "commit", "release"]);
});

test("workerd with enable_request_signal: a caller that disconnects aborts the delivery, which is rolled back", async () => {
  await using scene = await startScene(["enable_request_signal"]);
  scene.api.hold("/wait");
  await abandon(`${scene.origin}/tasks/run`, scene.deliver("wait"), scene.api.called("/wait"));
  await scene.api.called("/release");
  expect(await scene.journal()).toEqual(["begin", "hello before", "rollback", "release"]);
});
