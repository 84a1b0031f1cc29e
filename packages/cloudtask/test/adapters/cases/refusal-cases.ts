import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { type AdapterCase, answerBody, type Scene } from "../../support/adapter-scene.ts";
import { bytesReach, nothingParses, streams, type Traits } from "../../support/adapter-traits.ts";
import { chunkOf, headOf, requestOf } from "../../support/adapter-wire.ts";

const SMALL = { maxBodyBytes: 1_000 };

const takesUploads = (traits: Traits): boolean => streams(traits) && traits.largestBody > 5_000_000;

/** A delivery of a given size in bytes. */
function sized(bytes: number): string {
  const empty = '{"task":"kind","payload":""}';
  return empty.replace('""', `"${"x".repeat(bytes - empty.length)}"`);
}

/** Checks that bodies are rejected with 400. */
async function assertMalformed(
  scene: Scene,
  message: RegExp,
  ...bodies: readonly (string | Uint8Array<ArrayBuffer>)[]
): Promise<void> {
  for (const body of bodies) {
    const answer = await scene.post(body);
    assert.deepEqual([answer.status, answerBody(answer).status], [400, "malformed"], String(body));
    assert.match(answerBody(answer).message ?? "", message);
  }
}

/** Requests that are no valid delivery never run. */
export const REFUSAL_CASES: readonly AdapterCase[] = [
  {
    title: "a wrong secret is answered 403",
    run: async (scene) => {
      for (const secret of ["guess", "s3cret-key2", "S3CRET-KEY", "s3cret-key, s3cret-key"]) {
        const answer = await scene.deliver("mark", { id: scene.id }, { "X-CloudTask-Secret": secret });
        assert.deepEqual([answer.status, answerBody(answer).status], [403, "forbidden"]);
        assert.doesNotMatch(answer.text, /s3cret-key|guess/i);
      }
      assert.deepEqual(await scene.journal(), []);
    },
  },
  {
    title: "a missing secret is answered 401",
    run: async (scene) => {
      const wire = await scene.wire();
      await wire.send(
        requestOf({ task: "mark", payload: { id: scene.id } }).replace("X-CloudTask-Secret: s3cret-key\r\n", ""),
      );
      const answer = await wire.answer();
      assert.deepEqual([answer.status, answerBody(answer).status], [401, "unauthenticated"]);
      assert.deepEqual(await scene.journal(), []);
    },
  },
  {
    title: "a secret that is sent twice is answered 403",
    run: async (scene) => {
      const wire = await scene.wire();
      await wire.send(requestOf({ task: "echo" }, "X-CloudTask-Secret: s3cret-key"));
      assert.equal((await wire.answer()).status, 403);
    },
  },
  {
    title: "a content type that a browser's form can send is answered 400",
    run: async (scene) => {
      for (const type of ["text/plain", "application/jsonp", "application/x-www-form-urlencoded"]) {
        const answer = await scene.deliver("mark", { id: scene.id }, { "Content-Type": type });
        assert.deepEqual([answer.status, answerBody(answer).status], [400, "malformed"]);
        assert.match(answerBody(answer).message ?? "", /expected the Content-Type application\/json/);
      }
      assert.deepEqual(await scene.journal(), []);
    },
  },
  {
    title: "malformed JSON is answered 400",
    needs: nothingParses,
    run: (scene) =>
      assertMalformed(scene, /the body is not JSON/, "{", '{"task":"echo"', "{'task':'echo'}", '{"task":"echo"}}'),
  },
  {
    title: "JSON that is not an object is answered 400",
    needs: nothingParses,
    run: (scene) => assertMalformed(scene, /the body is not an object/, "null", "1", '"echo"', "true"),
  },
  {
    title: "an array, and an object without a task, are answered 400",
    run: async (scene) => {
      await assertMalformed(scene, /the body is not an object/, "[]", '[{"task":"echo"}]');
      await assertMalformed(
        scene,
        /the body names no task/,
        "{}",
        '{"task":1}',
        '{"task":null}',
        '{"__proto__":{"task":"echo"}}',
      );
    },
  },
  {
    title: "an empty body is answered 400",
    run: (scene) => assertMalformed(scene, /the body is not JSON|the body names no task/, ""),
  },
  {
    title: "a body that is not UTF-8 is answered 400",
    needs: bytesReach,
    run: async (scene) => {
      const bytes = new Uint8Array(Buffer.from('{"task":"echo","payload":"\xff"}', "latin1"));
      await assertMalformed(scene, /not UTF-8/, bytes);
    },
  },
  {
    title: "a body of the largest allowed size is read, and one byte more is answered 413",
    options: SMALL,
    run: async (scene) => {
      assert.equal((await scene.post(sized(1_000))).status, 200);
      const answer = await scene.post(sized(1_001));
      assert.deepEqual([answer.status, answerBody(answer).status], [413, "too-large"]);
      assert.match(answerBody(answer).message ?? "", /larger than 1000 bytes/);
    },
  },
  {
    title: "a body over the limit without a Content-Length is answered 413",
    options: SMALL,
    run: async (scene) => {
      for (const bytes of [1_001, 50_000]) {
        const wire = await scene.wire();
        await wire.send(headOf(["Transfer-Encoding: chunked"]));
        await wire.send(Buffer.concat([chunkOf(sized(bytes)), chunkOf("")]));
        assert.equal((await wire.answer()).status, 413);
      }
    },
  },
  {
    title: "a caller that sends far too much still receives the answer",
    options: SMALL,
    needs: takesUploads,
    run: async (scene) => {
      const wire = await scene.wire();
      const body = Buffer.alloc(5_000_000, " ");
      await wire.send(headOf([`Content-Length: ${body.length}`]));
      await wire.send(body);
      const answer = await wire.answer();
      assert.deepEqual([answer.status, answerBody(answer).status], [413, "too-large"]);
      assert.equal((await scene.deliver("kind")).status, 200);
    },
  },
  {
    title: "a caller that sends far too much without a Content-Length still receives the answer",
    options: SMALL,
    needs: takesUploads,
    run: async (scene) => {
      const wire = await scene.wire();
      await wire.send(headOf(["Transfer-Encoding: chunked"]));
      for (let sent = 0; sent < 50; sent++) await wire.send(chunkOf(Buffer.alloc(100_000, " ")));
      await wire.send(chunkOf(""));
      assert.equal((await wire.answer()).status, 413);
    },
  },
  {
    title: "an unauthenticated upload is answered before it has ended",
    needs: streams,
    run: async (scene) => {
      const wire = await scene.wire();
      const head = headOf(["Content-Length: 500000"]).replace("s3cret-key", "guess");
      await wire.send(head + "x".repeat(1_000));
      assert.equal((await wire.answer()).status, 403);
    },
  },
];
