import { protos } from "@google-cloud/tasks";
import fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import { apiServer, clientOf } from "../../test/support/api-server.ts";
import { failureOf } from "../../test/support/failure.ts";
import { DEFAULT_RETRY, type ResolvedRetry } from "../core/retry-settings.ts";
import { LimitError } from "../index.ts";
import { MAX_TASK_BYTES, type SizedTask, storedTaskBytes } from "./task-size.ts";

const { RetryConfig, Task } = protos.google.cloud.tasks.v2;

/**
 * Encodes a task as Cloud Tasks stores it, with Google's own protobuf types. Those write a field that is set to its default,
 * which proto3 omits. Such fields are therefore not set.
 */
function realBytes(task: SizedTask, nowMs: number): number {
  const stored = Task.fromObject({
    // 20 digits: the maximum length of an id that Cloud Tasks picks.
    name: `${task.queueName}/tasks/${task.id ?? "18446744073709551615"}`,
    scheduleTime: time(task.scheduleMs ?? nowMs),
    createTime: { seconds: Math.floor(nowMs / 1000) },
    dispatchDeadline: time(task.dispatchDeadlineMs),
    ...requestOf(task),
  });
  const retry = task.retry === undefined ? 0 : retryBytes({ ...DEFAULT_RETRY, ...task.retry });
  return Task.encode(stored).finish().length + (retry === 0 ? 0 : 2 + retry);
}

/** The types of that package have no `Task.retry_config`. Its tag and its length take one byte each. */
function retryBytes(retry: Required<ResolvedRetry>): number {
  const message = RetryConfig.fromObject({
    maxAttempts: retry.maxAttempts,
    maxDoublings: retry.maxDoublings,
    minBackoff: time(retry.minBackoffMs),
    maxBackoff: time(retry.maxBackoffMs),
    maxRetryDuration: retry.maxRetryDurationMs === 0 ? null : time(retry.maxRetryDurationMs),
  });
  return RetryConfig.encode(message).finish().length;
}

function requestOf({ headers, bodyBytes, target, queueName }: SizedTask): object {
  const shared = { httpMethod: "POST", body: bodyBytes > 0 ? Buffer.alloc(bodyBytes) : null };
  if (target.kind === "http") {
    const { url, oidcToken } = target;
    const token = oidcToken && {
      serviceAccountEmail: oidcToken.serviceAccountEmail || null,
      audience: oidcToken.audience || null,
    };
    return {
      httpRequest: { ...shared, url, headers: { ...headers, "User-Agent": "Google-Cloud-Tasks" }, oidcToken: token },
    };
  }
  const { service, version, instance } = target.routing;
  const domain = `${queueName.split("/")[1]}.appspot.com`;
  return {
    appEngineHttpRequest: {
      ...shared,
      relativeUri: target.relativeUri,
      headers: {
        ...headers,
        "User-Agent": "AppEngine-Google; (+http://code.google.com/appengine)",
        ...(bodyBytes > 0 && { "Content-Length": String(bodyBytes) }),
      },
      appEngineRouting: {
        service: service ?? null,
        version: version ?? null,
        instance: instance ?? null,
        host: [instance, version, service, domain].filter((part) => part !== undefined).join("."),
      },
    },
  };
}

function time(ms: number): { readonly seconds: number | null; readonly nanos: number | null } {
  const seconds = Math.floor(ms / 1000);
  return { seconds: seconds || null, nanos: (ms - seconds * 1000) * 1_000_000 || null };
}

const text = fc.string({ unit: "grapheme", maxLength: 200 });
const label = fc.option(fc.stringMatching(/^[a-z0-9-]{1,60}$/), { nil: undefined });
const NOW = Date.UTC(2030, 0, 1);
const moment = fc.integer({ min: NOW, max: NOW + 2_592_000_000 });
const tasks: fc.Arbitrary<SizedTask> = fc.record({
  queueName: text.map((queue) => `projects/p/locations/l/queues/${queue}`),
  id: fc.option(fc.string({ minLength: 1, maxLength: 500 }), { nil: undefined }),
  scheduleMs: fc.option(moment, { nil: undefined }),
  dispatchDeadlineMs: fc.integer({ min: 15_000, max: 86_415_000 }),
  retry: fc.option(
    fc.record(
      {
        maxAttempts: fc.oneof(fc.constant(-1), fc.integer({ min: 1, max: 2 ** 31 - 1 })),
        maxDoublings: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        minBackoffMs: fc.integer({ min: 1, max: 10_000 }),
        maxBackoffMs: fc.integer({ min: 10_000, max: 400_000_000 }),
        maxRetryDurationMs: fc.integer({ min: 0, max: 3_000_000 }).map((seconds) => seconds * 1000),
      },
      { requiredKeys: [] },
    ),
    { nil: undefined },
  ),
  headers: fc.dictionary(
    fc.string({ minLength: 1 }).filter((name) => name !== "__proto__"),
    text,
    { maxKeys: 20 },
  ),
  bodyBytes: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 1_100_000 })),
  target: fc.oneof(
    fc.record({
      kind: fc.constant("http" as const),
      url: text.map((path) => `https://worker.test/${path}`),
      oidcToken: fc.option(fc.record({ serviceAccountEmail: text, audience: text }), { nil: undefined }),
    }),
    fc.record({
      kind: fc.constant("appEngine" as const),
      relativeUri: text.map((path) => `/${path}`),
      routing: fc.record({ service: label, version: label, instance: label }),
    }),
  ),
});

test("the computed size equals the size of Google's protobuf serialization", () => {
  fc.assert(
    fc.property(tasks, moment, (task, nowMs) => {
      expect(storedTaskBytes(task, nowMs)).toBe(realBytes(task, nowMs));
    }),
    { numRuns: 300 },
  );
});

test("a task of exactly the limit is pushed; one more byte is rejected before anything is sent", async () => {
  // The size depends on the time, because protobuf encodes small numbers in fewer bytes.
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const api = await apiServer();
  const client = clientOf(api, { serviceAccount: "tasks@p.iam.gserviceaccount.com", secret: "s3cret-key" });
  const store = client.task("store", (_: string) => undefined);
  const push = (length: number) => store("x".repeat(length)).push({ name: "one" });

  const over = await failureOf<LimitError>(push(1_100_000));
  const fits = 1_100_000 - (over.actual - MAX_TASK_BYTES);
  const error = await failureOf<LimitError>(push(fits + 1));
  expect(error).toBeInstanceOf(LimitError);
  expect(error).toMatchObject({
    code: "LIMIT_EXCEEDED",
    limit: "task-size",
    actual: MAX_TASK_BYTES + 1,
    allowed: MAX_TASK_BYTES,
  });
  expect(error.message).toMatch(
    /^pushing "store": the task with its headers has 1048570 bytes, 1 too many; Cloud Tasks accepts at most /,
  );
  expect(api.requests).toEqual([]);

  await push(fits);
  expect(api.requests).toHaveLength(1);
});

test("an eager push rejects a task that is too large for Cloud Tasks", async () => {
  const store = clientOf(undefined, { eager: "immediate" }).task("store", (_: string) => expect.unreachable());
  await expect(store("x".repeat(1_100_000)).push()).rejects.toThrow(LimitError);
});
