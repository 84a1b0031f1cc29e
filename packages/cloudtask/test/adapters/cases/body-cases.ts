import assert from "node:assert/strict";
import { type AdapterCase, answerBody, resultOf } from "../../support/adapter-scene.ts";
import { bytesReach } from "../../support/adapter-traits.ts";

/** The payload arrives exactly as it was pushed. */
export const BODY_CASES: readonly AdapterCase[] = [
  {
    title: "a payload arrives whole, and the result is returned",
    run: async (scene) => {
      const payload = { text: "grüße 👋", deep: { list: [1, null, "x", { a: [] }] } };
      const answer = await scene.deliver("echo", payload);
      assert.equal(answer.status, 200);
      assert.deepEqual(answerBody(answer), { status: "success", result: payload });
    },
  },
  {
    title: "a payload may be any JSON value, including falsy ones",
    run: async (scene) => {
      for (const payload of [null, 0, false, "", "text", 1.5, true, [], {}, [[]], { "": "" }]) {
        assert.deepEqual(await scene.result("echo", payload), payload);
      }
    },
  },
  {
    title: "without a payload the handler receives undefined",
    run: async (scene) => {
      assert.equal(await scene.result("kind"), "undefined");
    },
  },
  {
    title: "a payload of 200 kB arrives whole",
    needs: ({ largestBody }) => largestBody >= 201_000,
    run: async (scene) => {
      const payload = { text: "0123456789".repeat(20_000) };
      assert.deepEqual(await scene.result("echo", payload), payload);
    },
  },
  {
    title: "a payload of the largest size that a task can have arrives whole",
    needs: ({ largestBody }) => largestBody >= 1_040_000,
    run: async (scene) => {
      // Three bytes each: wherever the body is split, the split is likely to fall within a character.
      const payload = "€".repeat(340_000);
      assert.equal((await scene.result("echo", payload)) === payload, true);
    },
  },
  {
    title: "characters outside ASCII arrive unchanged, literal or escaped",
    run: async (scene) => {
      const text = "ä ß 漢字 👩‍👩‍👧 \u0000 \u001f \u007f \u2028\u2029 \ufeff \uffff";
      assert.equal(await scene.result("echo", text), text);
      const escaped = JSON.stringify(text).replace(
        /[^\x20-\x7e]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );
      assert.equal(resultOf(await scene.post(`{"task":"echo","payload":${escaped}}`)), text);
    },
  },
  {
    title: "half of a surrogate pair, which JSON can escape, arrives unchanged",
    run: async (scene) => {
      assert.equal(resultOf(await scene.post('{"task":"echo","payload":"a\\ud83db"}')), "a\ud83db");
    },
  },
  {
    title: "numbers arrive as the same doubles",
    run: async (scene) => {
      const numbers = [0.1 + 0.2, 5e-324, Number.MAX_VALUE, Number.MAX_SAFE_INTEGER, -1e21, 1e-7];
      assert.deepEqual(await scene.result("echo", numbers), numbers);
    },
  },
  {
    title: "an integer beyond 2^53 arrives as the nearest double, and as text exactly",
    run: async (scene) => {
      const body = '{"task":"echo","payload":[9007199254740993,"9007199254740993"]}';
      assert.deepEqual(resultOf(await scene.post(body)), [9007199254740992, "9007199254740993"]);
    },
  },
  {
    title: "minus zero keeps its sign",
    needs: (traits) => bytesReach(traits) || traits.body === "text",
    run: async (scene) => {
      assert.equal(resultOf(await scene.post('{"task":"minus-zero","payload":-0}')), true);
    },
  },
  {
    title: "of a duplicate key the last value counts",
    run: async (scene) => {
      const body = '{"task":"fail","task":"echo","payload":1,"payload":{"a":1,"a":2}}';
      assert.deepEqual(resultOf(await scene.post(body)), { a: 2 });
    },
  },
  {
    title: "`__proto__` in a payload is an ordinary property",
    run: async (scene) => {
      const body = '{"task":"inherits","payload":{"__proto__":{"admin":true},"constructor":1}}';
      const expected = { keys: ["__proto__", "constructor"], plain: true, admin: false };
      assert.deepEqual(resultOf(await scene.post(body)), expected);
    },
  },
  {
    title: "a deeply nested payload arrives",
    run: async (scene) => {
      const payload = `${"[".repeat(500)}${"]".repeat(500)}`;
      assert.deepEqual(resultOf(await scene.post(`{"task":"echo","payload":${payload}}`)), JSON.parse(payload));
    },
  },
  {
    title: "unknown keys of the envelope are ignored",
    run: async (scene) => {
      assert.equal(resultOf(await scene.post('{"version":9,"task":"echo","payload":1,"more":{}}')), 1);
    },
  },
  {
    title: "white space around the body is ignored",
    run: async (scene) => {
      assert.equal(resultOf(await scene.post(' \r\n\t{ "task" : "echo" , "payload" : 1 } \n')), 1);
    },
  },
  {
    title: "a byte order mark before the body is ignored",
    needs: bytesReach,
    run: async (scene) => {
      assert.equal(resultOf(await scene.post('\ufeff{"task":"echo","payload":1}')), 1);
    },
  },
  {
    title: "the content type may be in any case and have a charset",
    run: async (scene) => {
      for (const type of ["application/json; charset=utf-8", "Application/JSON", "application/json;charset=UTF-8"]) {
        assert.equal(await scene.result("echo", "ü", { "Content-Type": type }), "ü");
      }
    },
  },
];
