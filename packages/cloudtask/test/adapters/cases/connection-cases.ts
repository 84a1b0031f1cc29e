import assert from "node:assert/strict";
import { type AdapterCase, resultOf } from "../../support/adapter-scene.ts";
import { headOf, requestOf } from "../../support/adapter-wire.ts";

const numbers = (length: number): readonly number[] => Array.from({ length }, (_, index) => index);

/** Connections carry many deliveries, lose some, and are lost. */
export const CONNECTION_CASES: readonly AdapterCase[] = [
  {
    title: "many deliveries at once do not mix",
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
    title: "one connection carries many deliveries, one after the other",
    run: async (scene) => {
      const wire = await scene.wire();
      for (const number of numbers(40)) {
        await wire.send(requestOf({ task: "echo", payload: number }));
        assert.equal(resultOf(await wire.answer()), number);
      }
    },
  },
  {
    title: "a failed and a refused delivery leave the connection as it was",
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
    title: "deliveries that are sent without waiting are answered in their order",
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
    title: "a caller that asks for the connection to be closed gets its answer first",
    run: async (scene) => {
      const wire = await scene.wire();
      await wire.send(requestOf({ task: "echo", payload: 1 }, "Connection: close"));
      assert.equal(resultOf(await wire.answer()), 1);
      await wire.ended();
    },
  },
  {
    title: "a caller that hangs up in the middle of the body runs nothing, and harms nobody",
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
    title: "a caller that hangs up in the middle of a chunked body runs nothing, whole as it may look",
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
    title: "a caller that hangs up in the middle of the head harms nobody",
    run: async (scene) => {
      const wire = await scene.wire();
      await wire.send(headOf([]).slice(0, 60));
      wire.hangUp();
      assert.equal(await scene.result("echo", 1), 1);
    },
  },
  {
    title: "a caller that offers to upgrade the connection is served without",
    run: async (scene) => {
      const wire = await scene.wire();
      const offer = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"];
      await wire.send(requestOf({ task: "echo", payload: 1 }, ...offer));
      assert.equal(resultOf(await wire.answer()), 1);
    },
  },
];
