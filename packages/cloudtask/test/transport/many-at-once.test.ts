import { expect, test } from "vitest";
import { createWorker, type PushManyError, type TimeoutError } from "../../src/index.ts";
import { createHttpSender } from "../../src/transport/http-node.ts";
import { createRestTransport } from "../../src/transport/rest-transport.ts";
import { apiServer, clientOf, created, gate, hangUp, silence } from "../support/api-server.ts";
import { failureOf } from "../support/failure.ts";
import { CALLS, startBusyApi } from "../support/many-at-once.ts";
import { senders } from "../support/push-scene.ts";

const numbers = Array.from({ length: CALLS }, (_, index) => index);

test.each(senders)("$sender: pushes that wait for a connection create each task once", async ({ sender }) => {
  const { api, client, createdPayloads } = await startBusyApi(sender);
  const task = client.task("t", (_: number) => undefined);
  await Promise.all(numbers.map((number) => task(number).push()));
  expect(createdPayloads()).toEqual(numbers);
  expect(api.peak()).toBe(4);
});

test.each(senders)("$sender: pushMany() with a higher concurrency than connections succeeds", async ({ sender }) => {
  const { client, createdPayloads } = await startBusyApi(sender);
  const tasks = numbers.map(client.task("t", (_: number) => undefined));
  const results = await client.pushMany(tasks, { batch: false, concurrency: CALLS });
  expect(results).toHaveLength(CALLS);
  expect(createdPayloads()).toEqual(numbers);
});

test.each(senders)("$sender: concurrent deferPushes() send each push once", async ({ sender }) => {
  const { client, createdPayloads } = await startBusyApi(sender);
  const task = client.task("t", (_: number) => undefined);
  await Promise.all(numbers.map((number) => client.deferPushes(() => task(number).push())));
  expect(createdPayloads()).toEqual(numbers);
});

test.each(senders)("$sender: concurrent deliveries send the pushes that they deferred", async ({ sender }) => {
  const { client, createdPayloads } = await startBusyApi(sender, { deferPushes: true });
  const task = client.task("t", (_: number) => undefined);
  client.task("parent", async (first: number) => {
    for (let number = first; number < first + 4; number += 1) await task(number).push();
  });
  const worker = createWorker(client, { allowUnauthenticated: true });
  const requests = numbers
    .filter((number) => number % 4 === 0)
    .map((payload) => {
      const body = JSON.stringify({ task: "parent", payload });
      return new Request("https://worker.test/", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body,
      });
    });
  const responses = await Promise.all(requests.map((request) => worker.fetch(request)));
  expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
  expect(createdPayloads()).toEqual(numbers);
});

test.each(senders)("$sender: concurrent deletions succeed, each with one request", async ({ sender }) => {
  const { api, client } = await startBusyApi(sender);
  const names = numbers.map((number) => `projects/p/locations/l/queues/q/tasks/${number}`);
  expect(await Promise.all(names.map((name) => client.deleteTask(name)))).toEqual(names.map(() => true));
  expect(api.requests).toHaveLength(CALLS);
});

test("at most 128 eager deliveries are in progress", async () => {
  const worker = await apiServer(gate(128));
  const client = clientOf(undefined, { url: `http://${worker.host}/`, eager: "remote" });
  const task = client.task("t", (_: number) => undefined);
  await Promise.all(Array.from({ length: 256 }, (_, number) => task(number).push()));
  expect(worker.peak()).toBe(128);
  expect(worker.requests).toHaveLength(256);
});

test.each(senders)("$sender: at most 128 requests are in progress", async ({ sender, create }) => {
  const api = await apiServer(gate(128));
  const transport = createRestTransport({ baseUrl: `http://${api.host}`, sender: create() });
  const task = clientOf(undefined, { transport, apiRetry: undefined }).task("t", (_: number) => undefined);
  await Promise.all(Array.from({ length: 256 }, (_, number) => task(number).push()));
  expect({ sender, peak: api.peak() }).toEqual({ sender, peak: 128 });
});

test("while the API answers nothing, waiting calls fail within the total timeout", async () => {
  const api = await apiServer(silence);
  const options = { sender: createHttpSender(), connections: 2, retry: { totalTimeout: 400 } };
  const transport = createRestTransport({ ...options, baseUrl: `http://${api.host}` });
  const client = clientOf(undefined, { transport, apiRetry: undefined });
  const task = client.task("t", (_: number) => undefined);
  const start = performance.now();
  const tasks = Array.from({ length: 20 }, (_, number) => task(number));
  const error = await failureOf<PushManyError>(client.pushMany(tasks, { batch: false, concurrency: 20 }));
  expect(performance.now() - start).toBeLessThan(5_000);
  const failures = error.results.filter((result) => result.status === "failed");
  expect(failures).toHaveLength(20);
  expect(failures.filter(({ mayExist }) => mayExist).length).toBeGreaterThanOrEqual(api.requests.length);
  const waited = failures.find(({ mayExist }) => !mayExist)?.error as TimeoutError;
  expect(waited).toMatchObject({ code: "TIMEOUT", sent: false });
  expect(waited.message).toMatch(
    /: no connection to http:\S+ became free within 400ms: 2 other requests .* not sent\.$/,
  );
});

test.each(senders)("$sender: a connection that broke while this process was busy is retried", async ({ create }) => {
  const api = await apiServer(hangUp, created);
  // The event loop was blocked for a minute during the first request.
  const blocked = { now: () => (api.requests.length === 0 ? 0 : 60_000), random: Math.random, sleep: async () => {} };
  const transport = createRestTransport({ baseUrl: `http://${api.host}`, sender: create(), runtime: blocked });
  const task = clientOf(undefined, { transport, apiRetry: undefined }).task("t", (_: number) => undefined);
  await task(1).push();
  expect(api.requests).toHaveLength(2);
});

test("a signal ends the wait for a connection, and nothing was sent", async () => {
  const api = await apiServer(silence);
  const client = clientOf(api, { apiRetry: undefined });
  const task = client.task("t", (_: number) => undefined);
  const controller = new AbortController();
  const tasks = Array.from({ length: 200 }, (_, number) => task(number));
  const pushing = failureOf<PushManyError>(
    client.pushMany(tasks, { batch: false, concurrency: 200, signal: controller.signal }),
  );
  await expect.poll(() => api.requests.length).toBe(128);
  controller.abort();
  const error = await pushing;
  const unsent = error.results.filter((result) => result.status === "failed" && !result.mayExist);
  expect(unsent).toHaveLength(72);
  expect(unsent[0]).toMatchObject({
    error: { code: "ABORTED", message: expect.stringMatching(/aborted by its signal\. Nothing was sent\.$/) },
  });
});

test("aborted waits leave their place to the next call", async () => {
  const answers: (() => unknown)[] = [];
  const api = await apiServer((outgoing, request) => answers.push(() => created(outgoing, request)));
  const client = clientOf(api, { apiRetry: undefined });
  const task = client.task("t", (_: number) => undefined);
  const first = Promise.all(Array.from({ length: 128 }, (_, number) => task(number).push()));
  await expect.poll(() => api.requests.length).toBe(128);
  const signal = AbortSignal.timeout(50);
  await Promise.all(Array.from({ length: 50 }, () => failureOf(task(0).push({ signal }))));
  const last = task(1_000).push();
  for (const answer of answers.splice(0)) answer();
  await first;
  await expect.poll(() => answers.length).toBe(1);
  answers[0]?.();
  expect(await last).toMatchObject({ deduplicated: false });
});
