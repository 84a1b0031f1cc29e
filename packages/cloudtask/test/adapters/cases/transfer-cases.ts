import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { type AdapterCase, resultOf, type Scene } from "../../support/adapter-scene.ts";
import { chunkOf, headOf, requestOf } from "../../support/adapter-wire.ts";

const TEXT = "grüße 👋 €";
const BODY = JSON.stringify({ task: "echo", payload: TEXT });

/** Sends each piece as one chunk of a chunked body, and returns the result. */
async function chunked(scene: Scene, pieces: readonly (string | Uint8Array)[], end = "0\r\n\r\n"): Promise<unknown> {
  const wire = await scene.wire();
  await wire.send(headOf(["Transfer-Encoding: chunked"]));
  await wire.send(Buffer.concat(pieces.map(chunkOf)));
  await wire.send(end);
  return resultOf(await wire.answer());
}

/** The worker receives the same body, independent of its transfer. */
export const TRANSFER_CASES: readonly AdapterCase[] = [
  {
    title: "a body without a Content-Length arrives",
    run: async (scene) => {
      assert.equal(await chunked(scene, [BODY]), TEXT);
    },
  },
  {
    title: "a body in chunks of one byte each arrives, even if they divide its characters",
    run: async (scene) => {
      const bytes = Buffer.from(BODY);
      const pieces = Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
      assert.equal(await chunked(scene, pieces), TEXT);
    },
  },
  {
    title: "a body of thousands of chunks arrives",
    needs: ({ largestBody }) => largestBody >= 201_000,
    run: async (scene) => {
      const text = "0123456789".repeat(20_000);
      const body = JSON.stringify({ task: "echo", payload: text });
      const pieces = Array.from({ length: Math.ceil(body.length / 50) }, (_, index) =>
        body.slice(index * 50, index * 50 + 50),
      );
      assert.equal((await chunked(scene, pieces)) === text, true);
    },
  },
  {
    title: "a large body without a Content-Length arrives whole",
    needs: ({ largestBody }) => largestBody >= 1_010_000,
    run: async (scene) => {
      const text = "0123456789".repeat(100_000);
      const body = JSON.stringify({ task: "echo", payload: text });
      assert.equal((await chunked(scene, [body.slice(0, 700_001), body.slice(700_001)])) === text, true);
    },
  },
  {
    title: "chunk extensions and trailers are ignored",
    run: async (scene) => {
      const wire = await scene.wire();
      await wire.send(headOf(["Transfer-Encoding: chunked", "Trailer: X-Checksum"]));
      await wire.send(`${Buffer.byteLength(BODY).toString(16)};name=value\r\n${BODY}\r\n`);
      await wire.send("0\r\nX-Checksum: 123\r\n\r\n");
      assert.equal(resultOf(await wire.answer()), TEXT);
    },
  },
  {
    title: "a slow body arrives, and does not delay other deliveries",
    run: async (scene) => {
      const wire = await scene.wire();
      const bytes = Buffer.from(BODY);
      await wire.send(headOf([`Content-Length: ${bytes.length}`]));
      for (let at = 0; at < bytes.length; at += 10) {
        await wire.send(bytes.subarray(at, at + 10));
        assert.equal(await scene.result("echo", at), at);
      }
      assert.equal(resultOf(await wire.answer()), TEXT);
    },
  },
  {
    title: "a head that arrives in pieces is joined",
    run: async (scene) => {
      const wire = await scene.wire();
      const request = Buffer.from(requestOf(BODY));
      for (const [from, to] of [
        [0, 3],
        [3, 30],
        [30, 100],
        [100, undefined],
      ] as const) {
        await wire.send(request.subarray(from, to));
        assert.equal(await scene.result("echo", from), from);
      }
      assert.equal(resultOf(await wire.answer()), TEXT);
    },
  },
  {
    title: "a caller that expects 100 Continue receives it, and then the answer",
    run: async (scene) => {
      const wire = await scene.wire();
      await wire.send(headOf([`Content-Length: ${Buffer.byteLength(BODY)}`, "Expect: 100-continue"]));
      assert.equal((await wire.answer()).status, 100);
      await wire.send(BODY);
      assert.equal(resultOf(await wire.answer()), TEXT);
    },
  },
];
