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
      assert.deepEqual(answerBody(answer), {
        status: "discarded",
        reason: "invalid-payload",
        message:
          '"count" (attempt 1) was discarded (invalid-payload): the payload of "count" does not match its schema: payload: not a ' +
          "whole number",
      });
      assert.equal(answer.headers.get("CloudTask-Outcome"), "discarded");
    },
  },
  {
    title: "a NonRetriableError discards the task",
    run: async (scene) => {
      const answer = await scene.deliver("never-again");
      assert.equal(answer.status, 200);
      const { status, reason, message } = answerBody(answer);
      assert.deepEqual([status, reason], ["discarded", "non-retriable"]);
      assert.match(message ?? "", /was discarded \(non-retriable\): the login of ada failed, password=\[secret\]$/);
      assert.equal(answer.headers.get("CloudTask-Outcome"), "discarded");
    },
  },
  {
    title: "the last attempt of a definition discards the task, an earlier one does not",
    run: async (scene) => {
      assert.equal((await scene.deliver("twice-at-most")).status, 500);
      const answer = await scene.deliver("twice-at-most", undefined, { "X-CloudTasks-TaskRetryCount": "1" });
      assert.equal(answer.status, 200);
      const { status, reason, message } = answerBody(answer);
      assert.deepEqual([status, reason], ["discarded", "max-attempts"]);
      assert.match(message ?? "", /attempt 2\) was discarded \(max-attempts\): no$/);
    },
  },
  {
    title: "a handler that fails synchronously, later or without an error is answered 500",
    run: async (scene) => {
      const login = "the login of ada failed, password=[secret]";
      for (const [task, reason] of Object.entries({ fail: login, "fail-at-once": login, "fail-oddly": "none" })) {
        const answer = await scene.deliver(task);
        const message = `"${task}" (attempt 1) failed: ${reason}`;
        assert.deepEqual([answer.status, answerBody(answer)], [500, { status: "error", message }]);
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
      assert.deepEqual([answer.status, answerBody(answer).status], [500, "error"]);
      assert.match(
        answerBody(answer).message ?? "",
        /the teardown of the dependency .+ failed: the login of ada failed/,
      );
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
    title: "an answer states the error of a task without its password and its stack",
    run: async (scene) => {
      for (const task of ["fail", "fail-at-once", "never-again", "later", "fail-to-commit"]) {
        const { text, headers } = await scene.deliver(task);
        assert.match(text, /the login of ada failed, password=\[secret\]/);
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
      assert.equal(answerBody(answer).reason, "unknown-task");
      assert.match(answerBody(answer).message ?? "", /no task definition is named "gone"/);
    },
  },
];
