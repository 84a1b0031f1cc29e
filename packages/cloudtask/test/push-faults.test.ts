import { expect, test } from "vitest";
import type { DeferredPushError } from "../src/index.ts";
import { failureOf } from "./support/failure.ts";
import { finalFaults, transientFaults } from "./support/push-faults.ts";
import { everyWay, orderOf } from "./support/push-kinds.ts";
import { pushAll, startPushScene } from "./support/push-scene.ts";

test.each(everyWay(transientFaults))("$sender, $kind: a push survives $fault", async (way) => {
  await using scene = await startPushScene(way.sender);
  way.strike(scene, 1);
  const result = await orderOf(scene, way).push(way.push);
  const tasks = await scene.tasks();
  expect(tasks.map(({ payload }) => payload)).toEqual(way.acts && way.kind === "unnamed" ? [17, 17] : [17]);
  expect(tasks.map(({ name }) => name)).toContain(result.name);
  expect(result).toMatchObject({ deduplicated: false, queue: "default", id: result.name.split("/").at(-1) });
  // Only for a taken name that the caller chose, the push requests the existing task.
  const calls = way.acts && way.kind === "named" ? ["POST", "POST", "GET"] : ["POST", "POST"];
  expect({ calls: scene.proxy.calls, ms: scene.time.elapsedMs() }).toEqual({ calls, ms: way.ms });
});

test.each(everyWay(transientFaults))("$sender, $kind: a push fails if $fault persists", async (way) => {
  await using scene = await startPushScene(way.sender);
  way.strike(scene, Number.POSITIVE_INFINITY);
  const [result] = await pushAll(scene.client, [orderOf(scene, way)], { batch: false, push: way.push });
  const { sends, ms, error } = way.lasting;
  expect(result).toMatchObject({ status: "failed", error, mayExist: way.doubtful });
  expect({ creates: scene.creates(), ms: scene.time.elapsedMs() }).toEqual({ creates: sends, ms });
  const created = way.kind === "unnamed" ? sends : 1;
  expect(await scene.tasks()).toHaveLength(way.acts ? created : 0);
});

test.each(everyWay(finalFaults))("$sender, $kind: a push fails without a retry after $fault", async (way) => {
  await using scene = await startPushScene(way.sender);
  way.strike(scene, 1);
  const [result] = await pushAll(scene.client, [orderOf(scene, way)], { batch: false, push: way.push });
  expect(result).toMatchObject({ status: "failed", error: way.error, mayExist: way.doubtful });
  expect(await scene.tasks()).toHaveLength(way.acts ? 1 : 0);
  expect({ calls: scene.proxy.calls, ms: scene.time.elapsedMs() }).toEqual({ calls: ["POST"], ms: 0 });
});

test.each(transientFaults)("after $fault, retry() sends a deferred push without a duplicate", async (way) => {
  await using scene = await startPushScene("node:http");
  way.strike(scene, way.lasting.sends);
  const task = orderOf(scene, { name: undefined });
  const error = await failureOf<DeferredPushError>(scene.client.deferPushes(() => task.push()));
  expect(error.results).toMatchObject([{ status: "failed", error: way.lasting.error, mayExist: way.doubtful }]);
  const [sent] = await error.retry();
  expect(sent?.result.deduplicated).toBe(false);
  expect((await scene.tasks()).map(({ name }) => name)).toEqual([sent?.result.name]);
});
