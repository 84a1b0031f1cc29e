import type { RequestListener } from "node:http";
import { afterEach, expect, test, vi } from "vitest";
import { clientOf, closedPort, listen } from "../../../test/support/api-server.ts";
import { failureOf } from "../../../test/support/failure.ts";
import { cloudTaskListener } from "../../adapters/node.ts";
import {
  type ClientOptions,
  type CloudTaskClient,
  NonRetriableError,
  RemoteDeliveryError,
  TimeoutError,
} from "../../index.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** A client that delivers to its own worker over HTTP, and the headers that the worker received. */
async function scene(options: Partial<ClientOptions> = {}) {
  let listener: RequestListener | undefined;
  const seen: { readonly url: string; readonly headers: Readonly<Record<string, unknown>> }[] = [];
  const host = await listen((incoming, outgoing) => {
    seen.push({ url: incoming.url ?? "", headers: incoming.headers });
    listener?.(incoming, outgoing);
  });
  const client = clientOf(undefined, {
    url: `http://${host}/tasks/run`,
    eager: "remote",
    secret: "s3cret-key",
    ...options,
  });
  listener = cloudTaskListener(client);
  return { client, seen, host };
}

/** A client that delivers to any HTTP server. */
async function clientFor(listener: RequestListener): Promise<CloudTaskClient> {
  return clientOf(undefined, { eager: "remote", url: `http://${await listen(listener)}/tasks/run` });
}

test("the worker receives exactly the request that Cloud Tasks would send", async () => {
  const { client, seen, host } = await scene({ headers: { "X-Tenant": "acme" } });
  const received: unknown[] = [];
  const task = client.task("t", (payload: { id: number }, { delivery }) => {
    received.push([payload, delivery.task, delivery.id, delivery.queue, delivery.attempt]);
  });
  const result = await task({ id: 7 }).push({ name: "user-1", queue: "high", dispatchDeadline: "1m" });
  expect(received).toEqual([[{ id: 7 }, "t", result.id, "high", 1]]);
  expect(seen).toEqual([
    {
      url: "/tasks/run",
      headers: {
        host,
        connection: "keep-alive",
        "content-length": "31",
        "content-type": "application/json",
        "user-agent": "Google-Cloud-Tasks",
        "cloudtask-name": "t",
        "cloudtask-deadline": "60s",
        "cloudtask-pushed": expect.stringMatching(/^\d{4}-.*Z$/),
        "x-tenant": "acme",
        "x-cloudtask-secret": "s3cret-key",
        "x-cloudtasks-queuename": "high",
        "x-cloudtasks-taskname": result.id,
        "x-cloudtasks-taskretrycount": "0",
        "x-cloudtasks-taskexecutioncount": "0",
        "x-cloudtasks-tasketa": expect.stringMatching(/^\d{10}(\.\d{1,3})?$/),
      },
    },
  ]);
});

test("the result has the shape of a real push result", async () => {
  const { client } = await scene();
  const result = await client
    .task("t", () => undefined)()
    .push();
  expect(result).toEqual({
    name: `projects/p/locations/l/queues/default/tasks/${result.id}`,
    id: expect.stringMatching(/^\d{1,20}$/),
    queue: "default",
    scheduleTime: expect.any(Date),
    deduplicated: false,
  });
});

test("a worker that fails makes the push fail, with its status and answer", async () => {
  const { client } = await scene();
  const task = client.task("t", () => Promise.reject(new Error("no mail server")));
  const error = await failureOf<RemoteDeliveryError>(task().push());
  expect(error).toBeInstanceOf(RemoteDeliveryError);
  expect(error).toMatchObject({ code: "REMOTE_DELIVERY_FAILED", httpStatus: 500 });
  expect(error.message).toMatch(
    /^the worker at http:\/\/.+\/tasks\/run answered 500 \("t"\): \{"status":"error","message":".+ failed: no mail server"\}$/,
  );
});

test("a task that the worker discards makes the push fail, although the answer is a success", async () => {
  const { client } = await scene();
  const task = client.task("t", () => Promise.reject(new NonRetriableError("no such order")));
  const error = await failureOf<RemoteDeliveryError>(task().push());
  expect(error).toMatchObject({ httpStatus: 200, body: expect.stringContaining('"reason":"non-retriable"') });
  expect(error.message).toContain("discarded the task");
});

test("the message of a worker without the task states that", async () => {
  const { host } = await scene();
  const other = clientOf(undefined, { eager: "remote", url: `http://${host}/`, secret: "s3cret-key" });
  await expect(
    other
      .task("unknown", () => undefined)()
      .push(),
  ).rejects.toThrow(/answered 404 \("unknown"\): .*no task definition is named/);
});

test("a wrong secret is rejected by the worker and not part of the message", async () => {
  const { host } = await scene();
  const other = clientOf(undefined, { eager: "remote", url: `http://${host}/`, secret: "wrong-secret" });
  const error = await failureOf<RemoteDeliveryError>(
    other
      .task("t", () => undefined)()
      .push(),
  );
  expect(error.httpStatus).toBe(403);
  expect(error.message).not.toContain("wrong-secret");
});

test("if nothing listens at the URL, the message states that", async () => {
  const url = `http://${await closedPort()}/tasks/run`;
  const error = await failureOf(
    clientOf(undefined, { eager: "remote", url })
      .task("t", () => undefined)()
      .push(),
  );
  expect(error).toMatchObject({ code: "NETWORK_ERROR", cause: { code: "ECONNREFUSED" } });
  expect(error.message).toBe(`delivering "t" to ${url}: no answer. Is the worker running there?`);
});

test("an answer that is not a worker's fails the push; the message quotes its beginning, the error keeps all of it", async () => {
  const page = `<html>${"x".repeat(10_000)}</html>`;
  const client = await clientFor((_, outgoing) => outgoing.writeHead(502).end(page));
  const error = await failureOf<RemoteDeliveryError>(
    client
      .task("t", () => undefined)()
      .push(),
  );
  expect(error).toMatchObject({ httpStatus: 502, body: page });
  expect(error.message).toMatch(/answered 502 \("t"\): <html>x+…$/);
  expect(error.message.length).toBeLessThan(700);
});

test("a redirect is not followed, as in Cloud Tasks", async () => {
  const client = await clientFor((_, outgoing) => outgoing.writeHead(302, { Location: "/elsewhere" }).end());
  await expect(
    client
      .task("t", () => undefined)()
      .push(),
  ).rejects.toMatchObject({ httpStatus: 302 });
});

test("a signal aborts the wait for the worker", async () => {
  const controller = new AbortController();
  const client = await clientFor(() => controller.abort(new Error("enough")));
  const error = await failureOf(
    client
      .task("t", () => undefined)()
      .push({ signal: controller.signal }),
  );
  expect(error).toMatchObject({ code: "ABORTED", cause: controller.signal.reason });
  expect(error.message).toContain('delivering "t" to http://');
});

test("AbortSignal.timeout() limits the worker's time", async () => {
  const client = await clientFor(() => undefined);
  const push = client
    .task("t", () => undefined)()
    .push({ signal: AbortSignal.timeout(30) });
  await expect(push).rejects.toMatchObject({ code: "ABORTED", cause: { name: "TimeoutError" } });
});

test("a push that is rejected before sending does not reach the worker", async () => {
  const { client, seen } = await scene();
  const task = client.task("t", (_: unknown) => undefined);
  await expect(task({ at: new Date() }).push()).rejects.toMatchObject({ path: "payload.at" });
  await expect(task("x".repeat(1_100_000)).push()).rejects.toMatchObject({ limit: "task-size" });
  expect(seen).toEqual([]);
});

test("a worker that exceeds its dispatch deadline fails the push", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const client = await clientFor(() => vi.advanceTimersByTime(15_000));
  const error = await failureOf(
    client
      .task("t", { dispatchDeadline: "15s", run: () => undefined })()
      .push(),
  );
  expect(error).toBeInstanceOf(TimeoutError);
  expect(error).toMatchObject({ code: "TIMEOUT", timeoutMs: 15_000 });
  expect(error.message).toMatch(/^delivering "t" to http:.+: no answer within 15s$/);
});
