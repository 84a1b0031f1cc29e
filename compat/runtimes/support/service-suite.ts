import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { pass } from "../../../packages/cloudtask/test/support/fault-proxy.ts";
import { resetAfter } from "../../../packages/cloudtask/test/support/plays.ts";
import { type ServiceScene, type StartService, startServiceScene } from "./service-scene.ts";

/** Capabilities of a runtime. */
export interface ServiceTraits {
  /** Whether there is an AsyncLocalStorage. Default `true`. */
  readonly defersPushes?: boolean;
}

/**
 * Registers tests of a service that pushes to an emulator and receives its deliveries, for every runtime.
 *
 * @param name - the start of every title
 * @param start - starts the service
 * @param traits - capabilities of the runtime
 */
export function serviceSuite(name: string, start: StartService, { defersPushes = true }: ServiceTraits = {}): void {
  let scene: ServiceScene;
  beforeAll(async () => {
    scene = await startServiceScene(start);
  });
  beforeEach(() => scene.reset());
  afterAll(() => scene[Symbol.asyncDispose]());
  const it = (title: string, run: (scene: ServiceScene) => Promise<void>): void => {
    test(`${name}: ${title}`, () => run(scene));
  };
  pushes(it);
  deliveries(it);
  failures(it);
  if (defersPushes) deferredPushes(it);
  else {
    it("what needs AsyncLocalStorage says so", async ({ do: ask }) => {
      await expect(ask("deferPushes", 1, false)).rejects.toMatchObject({ code: "CONFIGURATION_MISSING" });
    });
  }
}

type It = (title: string, run: (scene: ServiceScene) => Promise<void>) => void;

function pushes(it: It): void {
  it("200 tasks at once arrive, each once", async ({ do: ask, emulator, seen }) => {
    expect(await ask("pushMany", 200)).toBe(200);
    await emulator.idle();
    const numbers = (await seen()) as readonly number[];
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index));
  });

  it("a name is taken once", async ({ do: ask, emulator, seen }) => {
    const first = await ask("push", "x", { name: "only once" });
    const second = await ask("push", "x", { name: "only once" });
    await emulator.idle();
    expect([first.deduplicated, second.deduplicated, first.name === second.name]).toEqual([false, true, true]);
    expect(await seen()).toEqual(["begin", "x", "commit"]);
  });

  it("a delayed task waits", async ({ do: ask, emulator, seen }) => {
    await ask("push", "x", { delay: "1h" });
    await emulator.idle();
    expect(await seen()).toEqual([]);
    await emulator.advance("1h");
    expect(await seen()).toEqual(["begin", "x", "commit"]);
  });

  it("a deleted task never runs", async ({ do: ask, emulator, seen }) => {
    // The clock still has the time to which the previous test advanced it.
    const { name } = await ask("push", "x", { delay: "1d" });
    expect([await ask("deleteTask", name), await ask("deleteTask", name)]).toEqual([true, false]);
    await emulator.advance("2d");
    expect(await seen()).toEqual([]);
  });

  it("eager pushes run at once, in the process and at the remote worker", async ({ do: ask, seen }) => {
    await ask("eager", "immediate", "here");
    await ask("eager", "remote", "there");
    expect(await seen()).toEqual(["here", "there"]);
  });
}

function deliveries(it: It): void {
  it("a task is pushed, delivered with a valid token, and its dependencies are torn down before the answer", async (scene) => {
    const payload = { text: "grüße 👋", list: [1, null, "x".repeat(50_000)] };
    await scene.do("push", payload);
    await scene.emulator.idle();
    expect(await scene.seen()).toEqual(["begin", payload, "commit"]);
    expect(scene.emulator.attempts().map(({ status }) => status)).toEqual([200]);
  });

  it("a caller with the secret and without a valid token is rejected", async ({ origin, seen }) => {
    const headers = { "Content-Type": "application/json", "X-CloudTask-Secret": "s3cret-key" };
    const body = JSON.stringify({ task: "greet", payload: "x" });
    const answers = [headers, { ...headers, Authorization: "Bearer e30.e30.e30" }].map((each) =>
      fetch(`${origin}/tasks/run`, { method: "POST", headers: each, body }),
    );
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([401, 401]);
    expect(await seen()).toEqual([]);
  });

  it("tasks that are delivered concurrently are all answered", async ({ do: ask, emulator, seen }) => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => ask("push", index)));
    await emulator.idle();
    expect((await seen()).filter((entry) => typeof entry === "number")).toHaveLength(20);
    expect(new Set(emulator.attempts().map(({ status }) => status))).toEqual(new Set([200]));
  });
}

function failures(it: It): void {
  it("a push is retried while the API is unavailable", async ({ do: ask, emulator, seen }) => {
    const fault = emulator.faults.add({ on: "CreateTask", status: "UNAVAILABLE", times: 2 });
    await ask("push", "x");
    await emulator.idle();
    expect([fault.fired, await seen()]).toEqual([2, ["begin", "x", "commit"]]);
  });

  // If the runtime also repeated the push, it would find the name taken, and the result would be deduplicated.
  it("a push whose kept-alive connection breaks is retried only by the library", async ({
    do: ask,
    emulator,
    proxy,
    seen,
  }) => {
    await ask("push", "first");
    const before = proxy.calls.length;
    proxy.plan = (number, method) => (method === "POST" && number === before + 1 ? resetAfter : pass);
    expect(await ask("push", "x", { name: "broken" })).toMatchObject({ deduplicated: false });
    await emulator.idle();
    expect(proxy.calls.slice(before).filter((method) => method === "POST")).toHaveLength(2);
    expect((await seen()).filter((entry) => entry === "x")).toHaveLength(1);
  });

  it("an aborted push is not sent again", async ({ do: ask, proxy }) => {
    await ask("pushMany", 1);
    const before = proxy.calls.length;
    proxy.plan = () => () => undefined;
    await expect(ask("abort", 100)).rejects.toMatchObject({ code: "ABORTED" });
    proxy.plan = () => pass;
    await ask("pushMany", 1);
    expect(proxy.calls.slice(before)).toEqual(["POST", "POST"]);
  });
}

function deferredPushes(it: It): void {
  it("deferPushes() sends the pushes after its callback has succeeded, and none if it fails", async (scene) => {
    expect(await scene.do("deferPushes", 2, false)).toMatch(/^before its 2 pushes/);
    await expect(scene.do("deferPushes", 3, true)).rejects.toThrow("rolled back");
    await scene.emulator.idle();
    // Deferred pushes are sent concurrently, in no guaranteed order.
    expect([...(await scene.seen())].sort()).toEqual([0, 1]);
  });

  it("a delivery with deferPushes sends its pushes after it succeeds", async ({ do: ask, emulator, seen }) => {
    await ask("deferInDelivery", 4);
    await emulator.idle();
    expect(await seen()).toEqual([]);
    await emulator.advance("10s");
    expect(await seen()).toEqual([42]);
  });
}
