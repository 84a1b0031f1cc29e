import assert from "node:assert/strict";
import { type AdapterCase, resultOf, type Scene } from "../../support/adapter-scene.ts";
import { requestOf } from "../../support/adapter-wire.ts";

/** The result of the task `inspect`. */
interface Facts {
  readonly headers: Readonly<Record<string, string>>;
  readonly path: string;
  readonly deadlineMs: number;
  readonly [fact: string]: unknown;
}

async function inspect(scene: Scene, headers: Readonly<Record<string, string>> = {}): Promise<Facts> {
  return (await scene.result("inspect", undefined, headers)) as Facts;
}

function some(facts: Facts, ...names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, facts[name]]));
}

/** Facts from the head of the request reach the handler. */
export const FACT_CASES: readonly AdapterCase[] = [
  {
    title: "the delivery has its task, queue, attempt and retry reason",
    run: async (scene) => {
      const facts = await inspect(scene, {
        "X-CloudTasks-QueueName": "high-priority",
        "X-CloudTasks-TaskName": "6154398438278443008",
        "X-CloudTasks-TaskRetryCount": "2",
        "X-CloudTasks-TaskExecutionCount": "1",
        "X-CloudTasks-TaskETA": "1767225600.25",
        "X-CloudTasks-TaskPreviousResponse": "503",
        "X-CloudTasks-TaskRetryReason": "App Error",
      });
      const names = ["task", "id", "queue", "attempt", "retryCount", "executionCount"];
      const more = ["scheduledAt", "previousResponse", "retryReason", "aborted", "method"];
      assert.deepEqual(some(facts, ...names, ...more), {
        task: "inspect",
        id: "6154398438278443008",
        queue: "high-priority",
        attempt: 3,
        retryCount: 2,
        executionCount: 1,
        scheduledAt: "2026-01-01T00:00:00.250Z",
        previousResponse: 503,
        retryReason: "App Error",
        aborted: false,
        method: "POST",
      });
    },
  },
  {
    title: "a delivery of App Engine has the same facts from its own headers",
    run: async (scene) => {
      const facts = await inspect(scene, {
        "X-AppEngine-QueueName": "default",
        "X-AppEngine-TaskName": "nightly",
        "X-AppEngine-TaskRetryCount": "4",
        "X-AppEngine-TaskExecutionCount": "3",
        "X-AppEngine-TaskETA": "1767225600",
      });
      assert.deepEqual(some(facts, "id", "queue", "attempt", "executionCount", "scheduledAt"), {
        id: "nightly",
        queue: "default",
        attempt: 5,
        executionCount: 3,
        scheduledAt: "2026-01-01T00:00:00.000Z",
      });
    },
  },
  {
    title: "without headers of Cloud Tasks a delivery is a first attempt",
    run: async (scene) => {
      const facts = await inspect(scene);
      assert.deepEqual(some(facts, "id", "queue", "attempt"), { id: "", queue: "", attempt: 1 });
    },
  },
  {
    title: "a push's own deadline reaches the delivery",
    run: async (scene) => {
      const { deadlineMs } = await inspect(scene, { "CloudTask-Deadline": "45s" });
      assert.ok(deadlineMs > 30_000 && deadlineMs <= 45_000, `${deadlineMs} ms are left`);
    },
  },
  {
    title: "custom headers reach the handler, in any case",
    run: async (scene) => {
      const { headers } = await inspect(scene, {
        "X-Tenant": "acme",
        "x-lower": "a",
        "X-UPPER": "B",
        "X-Long": "l".repeat(4_000),
      });
      const { "x-tenant": tenant, "x-lower": lower, "x-upper": upper, "x-long": long } = headers;
      assert.deepEqual([tenant, lower, upper, long?.length], ["acme", "a", "B", 4_000]);
    },
  },
  {
    title: "a header that is sent twice reaches the handler with both values",
    run: async (scene) => {
      const wire = await scene.wire();
      await wire.send(requestOf({ task: "inspect" }, "X-Tag: a", "x-tag: b"));
      assert.equal((resultOf(await wire.answer()) as Facts).headers["x-tag"], "a, b");
    },
  },
  {
    title: "the headers of Cloud Tasks and the secret may be written in any case",
    run: async (scene) => {
      const wire = await scene.wire();
      const request = requestOf({ task: "inspect" }, "x-cloudtasks-taskretrycount: 1", "X-CLOUDTASKS-QUEUENAME: q");
      await wire.send(request.replace("X-CloudTask-Secret", "x-cloudtask-SECRET"));
      const facts = resultOf(await wire.answer()) as Facts;
      assert.deepEqual(some(facts, "attempt", "queue"), { attempt: 2, queue: "q" });
    },
  },
  {
    title: "the path and the query reach the handler",
    run: async (scene) => {
      const answer = await scene.fetch({ body: '{"task":"inspect"}', search: "?tenant=a%20b&x=%C3%BC&x=2&empty=" });
      assert.equal((resultOf(answer) as Facts).path, "/tasks/run?tenant=a%20b&x=%C3%BC&x=2&empty=");
    },
  },
  {
    title: "the handler sees neither the secret nor a token",
    run: async (scene) => {
      const answer = await scene.deliver("inspect", undefined, { Authorization: "Bearer eyJhbGciOi" });
      assert.equal(answer.status, 200);
      assert.doesNotMatch(answer.text, /s3cret-key|eyJhbGciOi/);
    },
  },
  {
    title: "headers of one delivery do not reach the next one on the same connection",
    run: async (scene) => {
      const wire = await scene.wire();
      await wire.send(requestOf({ task: "inspect" }, "X-Tenant: acme", "X-CloudTasks-TaskRetryCount: 7"));
      assert.equal((resultOf(await wire.answer()) as Facts).attempt, 8);
      await wire.send(requestOf({ task: "inspect" }));
      const { attempt, headers } = resultOf(await wire.answer()) as Facts;
      assert.deepEqual([attempt, headers["x-tenant"]], [1, undefined]);
    },
  },
];
