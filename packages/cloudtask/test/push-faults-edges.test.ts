import { ManualClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { type Play, pass } from "./support/fault-proxy.ts";
import { answeredAfter, rejectedWith, resetAfter, resetBefore } from "./support/plays.ts";
import { passingFaults } from "./support/push-faults.ts";
import { everyWay, orderOf } from "./support/push-kinds.ts";
import { type PushScene, pushAll, startPushScene } from "./support/push-scene.ts";

test.each(everyWay([{}]))("$sender, $kind: a refused connection is bridged", async (way) => {
  await using scene = await startPushScene(way.sender);
  await scene.proxy.stop();
  scene.time.onWait = () => scene.proxy.start();
  const result = await orderOf(scene, way).push(way.push);
  expect(result.deduplicated).toBe(false);
  expect((await scene.tasks()).map(({ name }) => name)).toEqual([result.name]);
  expect({ creates: scene.creates(), ms: scene.time.elapsedMs() }).toEqual({ creates: 1, ms: 100 });
});

test.each(everyWay([{}]))("$sender, $kind: where nobody ever listens, no task can exist", async (way) => {
  await using scene = await startPushScene(way.sender);
  await scene.proxy.stop();
  const [result] = await pushAll(scene.client, [orderOf(scene, way)], { push: way.push });
  const error = { code: "NETWORK_ERROR", message: expect.stringContaining("ECONNREFUSED") };
  expect(result).toMatchObject({ status: "failed", error, mayExist: false });
  expect(scene.time.elapsedMs()).toBe(16_300);
  expect(await scene.tasks()).toEqual([]);
});

/** Answers just before the client would give up. */
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

test.each(everyWay(harmless))("$sender, $kind: $fault is an answer", async (way) => {
  await using scene = await startPushScene(way.sender);
  scene.proxy.plan = () => way.play(scene);
  const result = await orderOf(scene, way).push(way.push);
  expect(result.deduplicated).toBe(false);
  expect((await scene.tasks()).map(({ name }) => name)).toEqual([result.name]);
  expect({ calls: scene.proxy.calls, ms: scene.time.elapsedMs() }).toEqual({ calls: ["POST"], ms: way.ms });
});

interface Signal<T> {
  readonly given: Promise<T>;
  readonly give: (value: T) => void;
}

/** What one side waits for, and the other gives. */
function signal<T = void>(): Signal<T> {
  let give: (value: T) => void = () => undefined;
  const given = new Promise<T>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

test.each(everyWay([{}]))("$sender, $kind: a call that was given up may act before its repeat does", async (way) => {
  await using scene = await startPushScene(way.sender);
  const acted = signal();
  const late: Play = async (call) => {
    scene.time.passUntilTimeout();
    await call.act();
    acted.give();
  };
  const repeated: Play = async (call) => {
    await acted.given;
    await pass(call);
  };
  scene.proxy.plan = (number) => [late, repeated][number - 1] ?? pass;
  const result = await orderOf(scene, way).push(way.push);
  expect(result.deduplicated).toBe(false);
  expect(await scene.tasks()).toHaveLength(way.kind === "unnamed" ? 2 : 1);
});

test.each(everyWay([{}]))("$sender, $kind: a call that was given up may act after its repeat did", async (way) => {
  await using scene = await startPushScene(way.sender);
  const [repeated, acted] = [signal(), signal<number>()];
  const late: Play = async (call) => {
    scene.time.passUntilTimeout();
    await repeated.given;
    acted.give((await call.act()).status);
  };
  scene.proxy.plan = (number) => (number === 1 ? late : pass);
  const result = await orderOf(scene, way).push(way.push);
  repeated.give();
  expect(await acted.given).toBe(way.kind === "unnamed" ? 200 : 409);
  expect(result.deduplicated).toBe(false);
  expect(await scene.tasks()).toHaveLength(way.kind === "unnamed" ? 2 : 1);
});

test.each(passingFaults)("a name taken before is a duplicate, also after $fault", async ({ strike, ms }) => {
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
});

const never =
  ({ time }: PushScene): Play =>
  (): void =>
    time.passUntilTimeout();
const questions: readonly { readonly fault: string; readonly play: (scene: PushScene) => Play; readonly ms: number }[] =
  [
    { fault: "is reset", play: () => resetBefore, ms: 100 },
    { fault: "is refused", play: () => rejectedWith(403), ms: 100 },
    { fault: "is overloaded", play: () => rejectedWith(503), ms: 100 },
    { fault: "brings no task", play: () => rejectedWith(200, { body: "null" }), ms: 100 },
    { fault: "is never answered", play: never, ms: 10_100 },
  ];

test.each(questions)("a named push whose question for the task's age $fault is pushed", async ({ play, ms }) => {
  await using scene = await startPushScene("node:http");
  scene.proxy.plan = (number) => [resetAfter, pass, play(scene)][number - 1] ?? pass;
  const result = await orderOf(scene, { name: "order-17" }).push();
  expect(result.deduplicated).toBe(false);
  expect((await scene.tasks()).map(({ name }) => name)).toEqual([result.name]);
  expect({ calls: scene.proxy.calls, ms: scene.time.elapsedMs() }).toEqual({ calls: ["POST", "POST", "GET"], ms });
});
