import assert from "node:assert/strict";
import { type AdapterCase, answerBody } from "../../support/adapter-scene.ts";

/** The rows of the outcome table for a task that ran. */
export const OUTCOME_CASES: readonly AdapterCase[] = [
  {
    title: "a handler that returns nothing is a success",
    run: async (scene) => {
      const answer = await scene.deliver("nothing");
      assert.equal(answer.status, 200);
      assert.deepEqual(answerBody(answer), { status: "success" });
      assert.equal(answer.headers.get("CloudTask-Outcome"), null);
    },
  },
  {
    title: "a result that JSON cannot represent is omitted from a success",
    run: async (scene) => {
      const answer = await scene.deliver("cyclic");
      assert.equal(answer.status, 200);
      assert.deepEqual(answerBody(answer), { status: "success" });
    },
  },
  {
    title: "a payload that its schema accepts reaches the handler",
    run: async (scene) => {
      assert.equal(await scene.result("count", 41), 42);
    },
  },
  {
    title: "a payload that its schema rejects is discarded",
    run: async (scene) => {
      const answer = await scene.deliver("count", "many");
      assert.equal(answer.status, 200);
      assert.deepEqual(answerBody(answer), { status: "discarded", reason: "invalid-payload" });
      assert.equal(answer.headers.get("CloudTask-Outcome"), "discarded");
    },
  },
  {
    title: "a NonRetriableError discards the task",
    run: async (scene) => {
      const answer = await scene.deliver("never-again");
      assert.equal(answer.status, 200);
      assert.deepEqual(answerBody(answer), { status: "discarded", reason: "non-retriable" });
      assert.equal(answer.headers.get("CloudTask-Outcome"), "discarded");
    },
  },
  {
    title: "the last attempt of a definition discards the task, an earlier one does not",
    run: async (scene) => {
      assert.equal((await scene.deliver("twice-at-most")).status, 500);
      const answer = await scene.deliver("twice-at-most", undefined, { "X-CloudTasks-TaskRetryCount": "1" });
      assert.equal(answer.status, 200);
      assert.deepEqual(answerBody(answer), { status: "discarded", reason: "max-attempts" });
    },
  },
  {
    title: "a handler that fails synchronously, later or without an error is answered 500",
    run: async (scene) => {
      for (const task of ["fail", "fail-at-once", "fail-oddly"]) {
        const answer = await scene.deliver(task);
        assert.deepEqual([answer.status, answer.text], [500, '{"status":"error"}']);
        assert.equal(answer.headers.get("Retry-After"), null);
      }
    },
  },
  {
    title: "a RetryAfterError is answered 500 with Retry-After",
    run: async (scene) => {
      const answer = await scene.deliver("later");
      assert.deepEqual([answer.status, answer.headers.get("Retry-After")], [500, "90"]);
    },
  },
  {
    title: "a commit that fails after the handler returned is answered 500",
    run: async (scene) => {
      const answer = await scene.deliver("fail-to-commit", undefined, { "X-Id": scene.id });
      assert.deepEqual([answer.status, answer.text], [500, '{"status":"error"}']);
      assert.deepEqual(await scene.journal(), ["begin", "rollback", "release"]);
    },
  },
  {
    title: "a handler that stops at its deadline is rolled back, then answered 504",
    run: async (scene) => {
      const answer = await scene.deliver("wait", undefined, { "X-Id": scene.id, "CloudTask-Deadline": "200ms" });
      assert.deepEqual([answer.status, answerBody(answer).status], [504, "aborted"]);
      assert.deepEqual(await scene.journal(), ["begin", "started", "aborted", "rollback", "release"]);
    },
  },
  {
    title: "an answer never contains the message of an error",
    run: async (scene) => {
      for (const task of ["fail", "fail-at-once", "never-again", "later", "fail-to-commit"]) {
        const { text, headers } = await scene.deliver(task);
        assert.doesNotMatch(text + JSON.stringify([...headers]), /hunter2|Error:|\bat /);
      }
    },
  },
  {
    title: "an unknown task is answered 404, because a newer revision may know it",
    run: async (scene) => {
      const answer = await scene.deliver("gone");
      assert.deepEqual([answer.status, answerBody(answer).status], [404, "unknown-task"]);
      assert.match(answerBody(answer).message ?? "", /no task definition is named "gone"/);
    },
  },
  {
    title: 'an unknown task is discarded with unknownTask: "discard"',
    options: { unknownTask: "discard" },
    run: async (scene) => {
      const answer = await scene.deliver("gone");
      assert.equal(answer.status, 200);
      assert.deepEqual(answerBody(answer), { status: "discarded", reason: "unknown-task" });
    },
  },
];
