import { ManualClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { type Play, pass } from "./support/fault-proxy.ts";
import { answeredAfter, rejectedWith, resetAfter, resetBefore } from "./support/plays.ts";
import { transientFaults } from "./support/push-faults.ts";
import { everyWay, orderOf } from "./support/push-kinds.ts";
import { type PushScene, pushAll, startPushScene } from "./support/push-scene.ts";

test.each(everyWay([{}]))("$sender, $kind: a push survives a refused connection", async (way) => {
  await using scene = await startPushScene(way.sender);
  await scene.proxy.stop();
  scene.time.onWait = () => scene.proxy.start();
  const result = await orderOf(scene, way).push(way.push);
  expect(result.deduplicated).toBe(false);
  expect((await scene.tasks()).map(({ name }) => name)).toEqual([result.name]);
  expect({ creates: scene.creates(), ms: scene.time.elapsedMs() }).toEqual({ creates: 1, ms: 100 });
});

test.each(everyWay([{}]))("$sender, $kind: if no server listens, no task can exist", async (way) => {
  await using scene = await startPushScene(way.sender);
  await scene.proxy.stop();
  const [result] = await pushAll(scene.client, [orderOf(scene, way)], { batch: false, push: way.push });
  const error = { code: "NETWORK_ERROR", message: expect.stringContaining("ECONNREFUSED") };
  expect(result).toMatchObject({ status: "failed", error, mayExist: false });
  expect(scene.time.elapsedMs()).toBe(16_300);
  expect(await scene.tasks()).toEqual([]);
});

/** Answers just before the client's timeout. */
function slowly({ time }: PushScene): Play {
  return async (call) => {
    const answer = await call.act();
    time.pass(9_900);
    call.answer(answer);
  };
}

const plain = () => answeredAfter({ headers: { "content-type": "text/plain" } });
const harmless: readonly { readonly fault: string; readonly play: (scene: PushScene) => Play; readonly ms: number }[] =
  [
    { fault: "a slow answer", play: slowly, ms: 9_900 },
    { fault: "an answer of another content type", play: plain, ms: 0 },
    { fault: "an answer without a content type", play: () => answeredAfter({ headers: {} }), ms: 0 },
  ];

test.each(everyWay(harmless))("$sender, $kind: $fault is accepted", async (way) => {
  await using scene = await startPushScene(way.sender);
  scene.proxy.plan = () => way.play(scene);
  const result = await orderOf(scene, way).push(way.push);
  expect(result.deduplicated).toBe(false);
  expect((await scene.tasks()).map(({ name }) => name)).toEqual([result.name]);
  expect({ calls: scene.proxy.calls, ms: scene.time.elapsedMs() }).toEqual({ calls: ["POST"], ms: way.ms });
});

interface Signal<T> {
  readonly sent: Promise<T>;
  readonly send: (value: T) => void;
}

/** Creates a signal that one side sends and the other awaits. */
function signal<T = void>(): Signal<T> {
  let send: (value: T) => void = () => undefined;
  const sent = new Promise<T>((resolve) => {
    send = resolve;
  });
  return { sent, send };
}

test.each(everyWay([{}]))("$sender, $kind: a timed-out call may act before its retry", async (way) => {
  await using scene = await startPushScene(way.sender);
  const acted = signal();
  const late: Play = async (call) => {
    scene.time.passUntilTimeout();
    await call.act();
    acted.send();
  };
  const repeated: Play = async (call) => {
    await acted.sent;
    await pass(call);
  };
  scene.proxy.plan = (number) => [late, repeated][number - 1] ?? pass;
  const result = await orderOf(scene, way).push(way.push);
  expect(result.deduplicated).toBe(false);
  expect(await scene.tasks()).toHaveLength(way.kind === "unnamed" ? 2 : 1);
});

test.each(everyWay([{}]))("$sender, $kind: a timed-out call may act after its retry", async (way) => {
  await using scene = await startPushScene(way.sender);
  const [repeated, acted] = [signal(), signal<number>()];
  const late: Play = async (call) => {
    scene.time.passUntilTimeout();
    await repeated.sent;
    acted.send((await call.act()).status);
  };
  scene.proxy.plan = (number) => (number === 1 ? late : pass);
  const result = await orderOf(scene, way).push(way.push);
  repeated.send();
  expect(await acted.sent).toBe(way.kind === "unnamed" ? 200 : 409);
  expect(result.deduplicated).toBe(false);
  expect(await scene.tasks()).toHaveLength(way.kind === "unnamed" ? 2 : 1);
});

test.each(transientFaults)(
  "a name taken by another push is deduplicated, also after $fault",
  async ({ strike, ms }) => {
    const clock = new ManualClock(Date.now() - 3_600_000);
    await using scene = await startPushScene("node:http", { emulator: { clock } });
    const task = orderOf(scene, { name: "order-17" });
    const first = await task.push();
    clock.turnTo(Date.now());
    strike(scene, 1);
    const second = await task.push();
    expect([first.deduplicated, second.deduplicated]).toEqual([false, true]);
    expect((await scene.tasks()).map(({ name }) => name)).toEqual([second.name]);
    expect({ creates: scene.creates(), ms: scene.time.elapsedMs() }).toEqual({ creates: 3, ms });
  },
);

const never =
  ({ time }: PushScene): Play =>
  (): void =>
    time.passUntilTimeout();
const lookups: readonly { readonly fault: string; readonly play: (scene: PushScene) => Play; readonly ms: number }[] = [
  { fault: "is reset", play: () => resetBefore, ms: 100 },
  { fault: "is rejected", play: () => rejectedWith(403), ms: 100 },
  { fault: "is overloaded", play: () => rejectedWith(503), ms: 100 },
  { fault: "returns no task", play: () => rejectedWith(200, { body: "null" }), ms: 100 },
  { fault: "is never answered", play: never, ms: 10_100 },
];

test.each(lookups)("a named push succeeds if the lookup of the existing task $fault", async ({ play, ms }) => {
  await using scene = await startPushScene("node:http");
  scene.proxy.plan = (number) => [resetAfter, pass, play(scene)][number - 1] ?? pass;
  const result = await orderOf(scene, { name: "order-17" }).push();
  expect(result.deduplicated).toBe(false);
  expect((await scene.tasks()).map(({ name }) => name)).toEqual([result.name]);
  expect({ calls: scene.proxy.calls, ms: scene.time.elapsedMs() }).toEqual({ calls: ["POST", "POST", "GET"], ms });
});
