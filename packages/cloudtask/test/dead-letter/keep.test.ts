import { expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { CloudTaskClient, createWorker, NonRetriableError, type PushOptions } from "../../src/index.ts";
import { type Answer, created, hangUp, refusal } from "../support/api-server.ts";
import { bodyOf, deadLetterScene, requestOf } from "../support/dead-letter-scene.ts";
import { deliveryOf } from "../support/deliveries.ts";

const declined = () => Promise.reject(new NonRetriableError("card declined"));

test("a discarded task is created again in the dead-letter queue, with headers that state why", async () => {
  const { client, deliver, createdIn, api } = await deadLetterScene({
    serviceAccount: "tasks@p.iam.gserviceaccount.com",
    secret: ["new-s3cret", "old-s3cret"],
    dispatchDeadline: "1m",
  });
  client.task("charge-card", { queue: "payments", run: declined });
  const body = '{ "task": "charge-card",\n "payload": {"ö": 1.50} }';
  const before = Date.now();
  const answer = await deliver(body, { "X-CloudTasks-QueueName": "payments", "X-CloudTask-Secret": "old-s3cret" });
  expect(answer).toMatchObject({ status: 200, body: { status: "discarded", reason: "non-retriable" } });
  expect(api.requests.map(({ method, path }) => [method, path])).toEqual([
    ["POST", "/v2/projects/p/locations/l/queues/dead/tasks"],
  ]);
  const [letter] = createdIn("dead");
  expect(letter).toEqual({
    name: expect.stringMatching(/^projects\/p\/locations\/l\/queues\/dead\/tasks\/[0-9a-f]{32}-dead-charge-card$/),
    scheduleTime: expect.any(String),
    dispatchDeadline: "60s",
    httpRequest: {
      url: "https://worker.test/tasks/run",
      httpMethod: "POST",
      headers: {
        "Content-Type": "application/json",
        "X-CloudTask-Secret": "new-s3cret",
        "CloudTask-Dead-Reason": "non-retriable",
        "CloudTask-Dead-Message": "card declined",
        "CloudTask-Dead-Attempts": "1",
        "CloudTask-Dead-First": expect.any(String),
        "CloudTask-Dead-Last": expect.any(String),
        "CloudTask-Dead-Queue": "payments",
        "CloudTask-Dead-Id": "6154398438278443008",
      },
      body: expect.any(String),
      oidcToken: {
        serviceAccountEmail: "tasks@p.iam.gserviceaccount.com",
        audience: "https://worker.test/tasks/run",
      },
    },
  });
  expect(bodyOf(letter)).toBe(body);
  const first = Date.parse(requestOf(letter).headers["CloudTask-Dead-First"] ?? "");
  expect(first).toBeGreaterThanOrEqual(before - 1);
  expect(first).toBeLessThanOrEqual(Date.now());
  const daysAhead = (Date.parse(letter?.scheduleTime ?? "") - before) / 86_400_000;
  expect(daysAhead).toBeGreaterThan(29.99);
  expect(daysAhead).toBeLessThanOrEqual(30);
});

test.each<[string, PushOptions, string?]>([
  ["no options", {}],
  ["headers of its own", { headers: { "X-Tenant": "acme", "x-trace": "a,b; c" } }],
  ["a deadline of its own", { dispatchDeadline: "90.5s" }],
  ["a name", { name: "order/500" }],
  ["retry settings of its own", { retry: { maxAttempts: 7, minBackoff: "3s" } }],
  ["another App Engine service", { appEngine: { service: "images", version: "v2" }, headers: { "X-A": "1" } }, "gae"],
  ["an App Engine path of its own", { appEngine: { relativeUri: "/other?x=1" } }, "gae"],
])("the dead letter of a push with %s repeats its request", async (_, options, gae) => {
  const { client, deliver, createdIn } = await deadLetterScene({
    secret: "s3cret-key",
    headers: { "X-Client": "1" },
    ...(gae && { appEngine: { service: "default" } }),
  });
  const task = client.task("t", {
    queue: "home",
    headers: { "X-Definition": "2" },
    dispatchDeadline: "2m",
    run: declined,
  });
  await task().push(options);
  const [original] = createdIn("home");
  const { headers } = requestOf(original);
  const added = { "X-Forwarded-For": "10.0.0.1", Traceparent: "00-1-2-3", "X-Cloud-Trace-Context": "1/2" };
  const kind = gae
    ? { "X-CloudTasks-TaskName": null, "X-AppEngine-TaskName": "7", "X-AppEngine-QueueName": "home" }
    : {};
  await deliver(bodyOf(original), { ...headers, ...added, ...kind });
  const { name: __, scheduleTime: ___, ...letter } = createdIn("dead")[0] ?? expect.unreachable();
  const { name: ____, ...pushed } = original ?? expect.unreachable();
  const request = letter.httpRequest ?? letter.appEngineHttpRequest;
  const kept = Object.entries(request.headers).filter(([header]) => !header.startsWith("CloudTask-Dead-"));
  expect(lowerCase(kept)).toEqual(lowerCase(Object.entries(headers)));
  Object.assign(request, { headers });
  expect(letter).toEqual(pushed);
});

function lowerCase(headers: readonly (readonly [string, string])[]): object {
  return Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
}

test.each([
  ["non-retriable", '{"task":"t","payload":{"id":1}}', {}],
  ["invalid-payload", '{"task":"t","payload":{"id":"x"}}', {}],
  ["max-attempts", '{"task":"fails"}', { "X-CloudTasks-TaskRetryCount": "1" }],
  ["unknown-task", '{"task":"gone","payload":[1]}', {}],
])("a discard for the reason %s is kept", async (reason, body, headers) => {
  const { client, deliver, createdIn } = await deadLetterScene({}, { worker: { unknownTask: "discard" } });
  client.task("t", { input: z.object({ id: z.number() }), run: declined });
  client.task("fails", { retry: { maxAttempts: 2 }, run: () => Promise.reject(new Error("no")) });
  expect((await deliver(body, headers)).body).toMatchObject({ status: "discarded", reason });
  const [letter] = createdIn("dead");
  expect(requestOf(letter).headers).toMatchObject({ "CloudTask-Dead-Reason": reason });
  expect(bodyOf(letter)).toBe(body);
});

test("a successful or retried delivery is not kept", async () => {
  const { client, deliver, api } = await deadLetterScene();
  client.task("works", () => undefined);
  client.task("fails", () => Promise.reject(new Error("no")));
  expect((await deliver({ task: "works" })).status).toBe(200);
  expect((await deliver({ task: "fails" })).status).toBe(500);
  expect((await deliver({ task: "unknown" })).status).toBe(404);
  expect(api.requests).toEqual([]);
});

test.each([
  ["of the client", {}, "dead"],
  ["of the definition", { deadLetter: "own-dead" }, "own-dead"],
  ["none, because the definition turns it off", { deadLetter: false }, undefined],
] as const)("the queue is that %s", async (_, options, expected) => {
  const { client, deliver, api } = await deadLetterScene();
  client.task("t", { ...options, run: declined });
  expect((await deliver({ task: "t" })).status).toBe(200);
  expect(api.requests.map(({ path }) => path.split("/").at(-2))).toEqual(expected === undefined ? [] : [expected]);
});

test("if onDiscard throws, no dead letter is created, and the next attempt repeats only the discard", async () => {
  const { client, deliver, createdIn } = await deadLetterScene();
  const events: string[] = [];
  client.task("t", {
    run: async () => {
      events.push("run");
      await declined();
    },
    onDiscard: ({ delivery }) => {
      events.push(`onDiscard ${delivery.attempt}`);
      if (delivery.attempt === 1) throw new Error("the table is locked");
    },
  });
  expect((await deliver({ task: "t" })).status).toBe(507);
  expect(createdIn("dead")).toEqual([]);
  expect((await deliver({ task: "t" }, after507)).status).toBe(200);
  expect(events).toEqual(["run", "onDiscard 1", "onDiscard 2"]);
  expect(requestOf(createdIn("dead")[0]).headers).toMatchObject({
    "CloudTask-Dead-Message": "card declined",
    "CloudTask-Dead-Attempts": "2",
  });
});

const after507 = { "X-CloudTasks-TaskRetryCount": "1", "X-CloudTasks-TaskPreviousResponse": "507" };

test.each([
  [
    "in Google Cloud",
    true,
    "gcloud tasks queues create dead --location=l --project=p && gcloud tasks queues pause dead --location=l --project=p",
  ],
  ["in an emulator", false, "npx @cloudtask/cli emulator --queue projects/p/locations/l/queues/dead,paused=true"],
])(
  "if the queue is missing %s, the answer is 507 and states the command that creates it",
  async (_, google, command) => {
    const missing = refusal(404, "NOT_FOUND", "Queue does not exist.");
    const { client, deliver } = await deadLetterScene({}, { answers: [missing, created], google });
    client.task("t", declined);
    const { status, body } = await deliver({ task: "t" });
    expect(status).toBe(507);
    expect(body.message).toContain(
      `was not discarded: Could not keep "t" in the dead-letter queue dead: create the queue "dead" paused, because it does not exist: ${command}`,
    );
    expect((await deliver({ task: "t" }, after507)).status).toBe(200);
  },
);

test.each<[string, Answer, string]>([
  ["a reset connection", hangUp, "Could not"],
  ["a success that a proxy answered", (outgoing) => outgoing.end("{}"), "the answer contains no task name"],
  ["a missing permission", refusal(403, "PERMISSION_DENIED"), "roles/cloudtasks.enqueuer"],
])("after %s, the answer is 507, and the next attempt creates the dead letter", async (_, failure, text) => {
  const { client, deliver, createdIn, log } = await deadLetterScene(
    { apiRetry: { totalTimeout: 0 } },
    { answers: [failure, created] },
  );
  let runs = 0;
  client.task("t", async () => {
    runs += 1;
    await declined();
  });
  const failed = await deliver({ task: "t" });
  expect(failed).toMatchObject({ status: 507, body: { status: "error" } });
  expect(failed.body.message).toContain('keep "t" in the dead-letter queue dead');
  expect(failed.body.message).toContain(text);
  expect(log.join("\n")).toContain("has no dead letter: ");
  expect((await deliver({ task: "t" }, after507)).status).toBe(200);
  expect(new Set(createdIn("dead").map(({ name }) => name)).size).toBe(1);
  expect(runs).toBe(1);
});

test("a header that lists impossible names of headers is ignored", async () => {
  const { client, deliver, createdIn } = await deadLetterScene();
  client.task("t", declined);
  const headers = { "CloudTask-Headers": "a b,,CloudTask-Dead-Reason,X-Ok", "X-Ok": "1", "CloudTask-AppEngine": "{" };
  expect((await deliver({ task: "t" }, headers)).status).toBe(200);
  const kept = requestOf(createdIn("dead")[0]).headers;
  expect(kept).toMatchObject({ "X-Ok": "1", "CloudTask-Dead-Reason": "non-retriable" });
  expect(Object.keys(kept).filter((name) => name.toLowerCase() === "cloudtask-dead-reason")).toHaveLength(1);
});

test.each([
  ["as plain text", (secret: string) => `cannot read ${secret}`],
  ["in JSON", (secret: string) => JSON.stringify({ key: secret })],
  ["in a URL", (secret: string) => `https://x.test/?key=${encodeURIComponent(secret)}`],
])("the message does not contain the client's secret %s", async (_, spell) => {
  const secret = "s3cret\"key'%";
  const { client, deliver, createdIn } = await deadLetterScene({ secret });
  client.task("t", () => Promise.reject(new NonRetriableError(spell(secret))));
  await deliver({ task: "t" }, { "X-CloudTask-Secret": secret });
  expect(requestOf(createdIn("dead")[0]).headers["CloudTask-Dead-Message"]).toContain("[secret]");
  expect(requestOf(createdIn("dead")[0]).headers["CloudTask-Dead-Message"]).not.toContain("s3cret");
});

test("in eager mode and in execute(), the caller gets the error and nothing is kept", async () => {
  const { client, api } = await deadLetterScene({ eager: "immediate" });
  const task = client.task("t", declined);
  await expect(task().push()).rejects.toThrow("card declined");
  await expect(task().execute()).rejects.toThrow("card declined");
  expect(api.requests).toEqual([]);
});

test("a dead letter that is not created before the deadline: 507", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const transport = { call: () => new Promise<never>(() => undefined), close: async () => undefined };
  const options = { project: "p", location: "l", url: "https://worker.test/tasks/run", deadLetter: "dead" };
  const client = new CloudTaskClient({ ...options, transport });
  client.task("t", declined);
  const answering = createWorker(client, { allowUnauthenticated: true }).fetch(deliveryOf({ task: "t" }));
  await vi.advanceTimersByTimeAsync(600_000);
  expect((await answering).status).toBe(507);
});
