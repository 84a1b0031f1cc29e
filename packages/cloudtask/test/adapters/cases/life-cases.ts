import assert from "node:assert/strict";
import { gate } from "../../support/adapter-gate.ts";
import { type AdapterCase, answerBody, resultOf, type Scene } from "../../support/adapter-scene.ts";
import type { Traits } from "../../support/adapter-traits.ts";
import { requestOf } from "../../support/adapter-wire.ts";

const canClose = ({ mountWorker }: Traits): boolean => mountWorker !== undefined;

/** Waits until the worker has capacity, or none. Unauthenticated requests don't count towards it. */
async function untilFull(scene: Scene, full: boolean): Promise<void> {
  for (;;) {
    const { status } = await scene.deliver("echo", 1, { "X-CloudTask-Secret": "guess" });
    if ((status === 429) === full) return;
  }
}

/** Dependencies, disconnects, limits and closing. */
export const LIFE_CASES: readonly AdapterCase[] = [
  {
    title: "dependencies are created once per delivery, shared, and torn down before the answer",
    run: async (scene) => {
      assert.equal(await scene.result("save", undefined, { "X-Id": scene.id }), true);
      assert.deepEqual(await scene.journal(), ["begin", "run", "commit", "release"]);
    },
  },
  {
    title: "every delivery has its own dependencies",
    run: async (scene) => {
      const ids = Array.from({ length: 10 }, (_, index) => `${scene.id}-${index}`);
      await Promise.all(ids.map((id) => scene.result("save", undefined, { "X-Id": id })));
      for (const id of ids) {
        assert.deepEqual(await scene.result("journal", { id }), ["begin", "run", "commit", "release"]);
      }
    },
  },
  {
    title: "a handler that fails is rolled back before the answer",
    run: async (scene) => {
      assert.equal((await scene.deliver("fail-to-save", undefined, { "X-Id": scene.id })).status, 500);
      assert.deepEqual(await scene.journal(), ["begin", "rollback", "release"]);
    },
  },
  {
    title: "a caller that disconnects aborts the delivery, which is rolled back",
    needs: ({ seesDisconnect }) => seesDisconnect,
    run: async (scene) => {
      const wire = await scene.wire();
      await wire.send(requestOf({ task: "wait" }, `X-Id: ${scene.id}`));
      await scene.journal("started");
      wire.hangUp();
      assert.deepEqual(await scene.journal("release"), ["begin", "started", "aborted", "rollback", "release"]);
    },
  },
  {
    title: "an answered delivery is not aborted when its connection ends",
    run: async (scene) => {
      const wire = await scene.wire();
      await wire.send(requestOf({ task: "save" }, `X-Id: ${scene.id}`, "Connection: close"));
      assert.equal(resultOf(await wire.answer()), true);
      if (!scene.traits.closesAtRequest) wire.finish();
      await wire.ended();
      assert.deepEqual(await scene.journal(), ["begin", "run", "commit", "release"]);
    },
  },
  {
    title: "over maxConcurrency a delivery is answered 429 with Retry-After, and runs when capacity is free again",
    options: { maxConcurrency: 1 },
    needs: ({ seesDisconnect }) => seesDisconnect,
    run: async (scene) => {
      const wire = await scene.wire();
      await wire.send(requestOf({ task: "wait" }, `X-Id: ${scene.id}`));
      await untilFull(scene, true);
      const answer = await scene.deliver("echo", 1);
      assert.deepEqual(
        [answer.status, answerBody(answer).status, answer.headers.get("Retry-After")],
        [429, "full", "5"],
      );
      wire.hangUp();
      await untilFull(scene, false);
      assert.equal(await scene.result("echo", 1), 1);
    },
  },
  {
    title: "a closing worker answers 503 with Retry-After",
    needs: canClose,
    run: async (scene) => {
      const closing = await scene.worker(() => undefined);
      assert.equal(await closing.scene.result("echo", 1), 1);
      await closing.worker.close();
      const answer = await closing.scene.deliver("echo", 1);
      assert.deepEqual([answer.status, answerBody(answer).status], [503, "draining"]);
      assert.equal(answer.headers.get("Retry-After"), "5");
    },
  },
  {
    title: "close() waits for running deliveries, which are answered",
    needs: canClose,
    run: async (scene) => {
      const [started, done] = [gate(), gate<string>()];
      const { worker, scene: closing } = await scene.worker((client) => {
        client.task("slow", () => {
          started.open();
          return done.opened;
        });
      });
      const running = closing.result("slow");
      await started.opened;
      let closed = false;
      const closes = worker.close().then(() => {
        closed = true;
      });
      assert.equal((await closing.deliver("echo", 1)).status, 503);
      assert.equal(closed, false);
      done.open("done");
      assert.equal(await running, "done");
      await closes;
    },
  },
  {
    title: "close() aborts deliveries that run longer than its grace",
    needs: canClose,
    run: async (scene) => {
      const started = gate();
      const { worker, scene: closing } = await scene.worker((client) => {
        client.task("stubborn", (_: undefined, { delivery }) => {
          started.open();
          return new Promise((_, reject) => {
            delivery.signal.addEventListener("abort", () => reject(delivery.signal.reason));
          });
        });
      });
      const running = closing.deliver("stubborn");
      await started.opened;
      await worker.close({ grace: 0 });
      assert.equal((await running).status, 504);
    },
  },
];
