import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { type AdapterCase, answerBody } from "../../support/adapter-scene.ts";
import { requestOf } from "../../support/adapter-wire.ts";

/** Answers are valid HTTP. */
export const ANSWER_CASES: readonly AdapterCase[] = [
  {
    title: "an answer is JSON with its length in bytes, or chunked",
    run: async (scene) => {
      const wire = await scene.wire();
      await wire.send(requestOf({ task: "echo", payload: "grüße 👋" }));
      const { headers, text } = await wire.answer();
      assert.match(headers.get("Content-Type") ?? "", /^application\/json\b/);
      const framed = [headers.get("Content-Length"), headers.get("Transfer-Encoding")];
      const expected = framed[0] === null ? [null, "chunked"] : [String(Buffer.byteLength(text)), null];
      assert.deepEqual(framed, expected);
    },
  },
  {
    title: "a rejection is JSON too",
    run: async (scene) => {
      const answer = await scene.deliver("gone");
      assert.match(answer.headers.get("Content-Type") ?? "", /^application\/json\b/);
      assert.equal(answerBody(answer).status, "unknown-task");
    },
  },
  {
    title: "answers are not cached",
    run: async (scene) => {
      const answers = [await scene.deliver("echo", 1), await scene.deliver("echo", 2)];
      assert.deepEqual(
        answers.map((answer) => answerBody(answer).result),
        [1, 2],
      );
    },
  },
  {
    title: "a method other than POST is answered 405 with Allow",
    needs: ({ ownMethods }) => ownMethods,
    run: async (scene) => {
      for (const method of ["GET", "PUT", "DELETE", "PATCH"]) {
        const body = method === "GET" ? {} : { body: '{"task":"echo"}' };
        const answer = await scene.fetch({ method, ...body });
        assert.deepEqual([answer.status, answer.headers.get("Allow")], [405, "POST"], method);
      }
    },
  },
  {
    title: "HEAD and OPTIONS are answered without a server error",
    run: async (scene) => {
      for (const method of ["HEAD", "OPTIONS"]) {
        const { status } = await scene.fetch({ method });
        assert.ok(status < 500, `${method} was answered ${status}`);
      }
      assert.equal(await scene.result("echo", 1), 1);
    },
  },
  {
    title: "the answer to a HEAD has no body, and the connection stays usable",
    run: async (scene) => {
      const wire = await scene.wire();
      await wire.send("HEAD /tasks/run HTTP/1.1\r\nHost: worker.test\r\n\r\n");
      assert.ok((await wire.answer("HEAD")).status < 500);
      await wire.send(requestOf({ task: "echo", payload: 1 }));
      assert.equal((await wire.answer()).status, 200);
    },
  },
];
