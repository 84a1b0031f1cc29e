import assert from "node:assert/strict";
import { type AdapterCase, resultOf } from "../../support/adapter-scene.ts";
import { headOf, requestOf } from "../../support/adapter-wire.ts";

const numbers = (length: number): readonly number[] => Array.from({ length }, (_, index) => index);

/** Connections with many deliveries, and lost connections. */
export const CONNECTION_CASES: readonly AdapterCase[] = [
  {
    title: "concurrent deliveries do not mix",
    run: async (scene) => {
      const answers = numbers(50).map((number) =>
        scene.result("echo", { number, text: `${number}`.repeat(1_000) }).then((echo) => echo as { number: number }),
      );
      assert.deepEqual(
        (await Promise.all(answers)).map(({ number }) => number),
        numbers(50),
      );
    },
  },
  {
    title: "one connection carries many deliveries in sequence",
    run: async (scene) => {
      const wire = await scene.wire();
      for (const number of numbers(40)) {
        await wire.send(requestOf({ task: "echo", payload: number }));
        assert.equal(resultOf(await wire.answer()), number);
      }
    },
  },
  {
    title: "failed and rejected deliveries leave the connection usable",
    run: async (scene) => {
      const wire = await scene.wire();
      for (const [task, status] of [
        ["fail", 500],
        ["gone", 404],
        ["never-again", 200],
        ["echo", 200],
      ] as const) {
        await wire.send(requestOf({ task }));
        assert.equal((await wire.answer()).status, status);
      }
    },
  },
  {
    title: "pipelined deliveries are answered in order",
    run: async (scene) => {
      const wire = await scene.wire();
      await wire.send(
        numbers(10)
          .map((number) => requestOf({ task: "echo", payload: number }))
          .join(""),
      );
      for (const number of numbers(10)) assert.equal(resultOf(await wire.answer()), number);
    },
  },
  {
    title: "a caller that requests Connection: close receives its answer first",
    run: async (scene) => {
      const wire = await scene.wire();
      await wire.send(requestOf({ task: "echo", payload: 1 }, "Connection: close"));
      assert.equal(resultOf(await wire.answer()), 1);
      if (!scene.traits.closesAtRequest) wire.finish();
      await wire.ended();
    },
  },
  {
    title: "a caller that disconnects within the body runs nothing, and other deliveries continue",
    run: async (scene) => {
      const wire = await scene.wire();
      const body = JSON.stringify({ task: "mark", payload: { id: scene.id } });
      await wire.send(headOf([`Content-Length: ${body.length + 100}`]) + body);
      assert.equal(await scene.result("echo", 1), 1);
      wire.hangUp();
      assert.equal(await scene.result("echo", 2), 2);
      assert.deepEqual(await scene.journal(), []);
    },
  },
  {
    title: "a caller that disconnects within a chunked body runs nothing, even if the JSON is complete",
    run: async (scene) => {
      const wire = await scene.wire();
      const body = JSON.stringify({ task: "mark", payload: { id: scene.id } });
      await wire.send(`${headOf(["Transfer-Encoding: chunked"])}${body.length.toString(16)}\r\n${body}\r\n`);
      assert.equal(await scene.result("echo", 1), 1);
      wire.hangUp();
      assert.equal(await scene.result("echo", 2), 2);
      assert.deepEqual(await scene.journal(), []);
    },
  },
  {
    title: "a caller that disconnects within the head does not affect other deliveries",
    run: async (scene) => {
      const wire = await scene.wire();
      await wire.send(headOf([]).slice(0, 60));
      wire.hangUp();
      assert.equal(await scene.result("echo", 1), 1);
    },
  },
  {
    title: "a caller that offers to upgrade the connection is answered without an upgrade",
    run: async (scene) => {
      const wire = await scene.wire();
      const offer = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"];
      await wire.send(requestOf({ task: "echo", payload: 1 }, ...offer));
      assert.equal(resultOf(await wire.answer()), 1);
    },
  },
];
