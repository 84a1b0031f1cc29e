import { expect, test } from "vitest";
import { NonRetriableError } from "../../src/index.ts";
import { taken } from "../support/api-server.ts";
import { deadLetterScene, requestOf } from "../support/dead-letter-scene.ts";

const declined = () => Promise.reject(new NonRetriableError("card declined"));

const after507 = { "X-CloudTasks-TaskRetryCount": "1", "X-CloudTasks-TaskPreviousResponse": "507" };

test("a dead letter that exists already counts as created", async () => {
  const { client, deliver } = await deadLetterScene({}, { answers: [taken] });
  client.task("t", declined);
  expect((await deliver({ task: "t" })).status).toBe(200);
});

test("a name is derived from the queue, the id and the time of the push", async () => {
  const { client, deliver, createdIn } = await deadLetterScene();
  client.task("t", declined);
  const facts = {
    "X-CloudTasks-QueueName": "a",
    "X-CloudTasks-TaskName": "7",
    "CloudTask-Pushed": "2030-01-01T00:00:00Z",
  };
  await deliver({ task: "t" }, facts);
  await deliver({ task: "t" }, { ...facts, ...after507 });
  for (const [header, value] of [
    ["X-CloudTasks-QueueName", "b"],
    ["X-CloudTasks-TaskName", "8"],
    ["CloudTask-Pushed", "2030-01-02T00:00:00Z"],
  ] as const)
    await deliver({ task: "t" }, { ...facts, [header]: value });
  const names = createdIn("dead").map(({ name }) => name);
  expect(names[1]).toBe(names[0]);
  expect(new Set(names).size).toBe(4);
});

test("a request without a task id gets a generated name, because nothing identifies it", async () => {
  const { client, deliver, createdIn } = await deadLetterScene();
  client.task("t", declined);
  await deliver({ task: "t" }, { "X-CloudTasks-TaskName": null, "X-CloudTasks-QueueName": null });
  expect(createdIn("dead")).toMatchObject([{ httpRequest: { headers: { "CloudTask-Dead-Reason": "non-retriable" } } }]);
  expect(createdIn("dead")[0]?.name).toBeUndefined();
});

test("a run of Cloud Scheduler is kept for the queue of its definition", async () => {
  const { client, deliver, createdIn } = await deadLetterScene();
  client.task("nightly", { queue: "reports", run: declined });
  const headers = {
    "X-CloudTasks-TaskName": null,
    "X-CloudTasks-QueueName": null,
    "X-CloudScheduler-JobName": "every-night",
    "X-CloudScheduler-ScheduleTime": "2030-01-01T00:00:00Z",
  };
  for (const _ of [1, 2]) expect((await deliver({ task: "nightly" }, headers)).status).toBe(200);
  const [letter, repeated] = createdIn("dead");
  expect(letter?.name).toMatch(/-dead-nightly$/);
  expect(repeated?.name).toBe(letter?.name);
  expect(requestOf(letter).headers).toMatchObject({
    "CloudTask-Dead-Queue": "reports",
    "CloudTask-Dead-Id": "every-night@2030-01-01T00:00:00Z",
  });
});

test("a delivered dead letter stays in its queue, although only its home queue has a `deadLetter`", async () => {
  const queues = { default: null, home: { deadLetter: "kept" }, kept: { paused: true } };
  const { client, deliver, createdIn } = await deadLetterScene({ deadLetter: undefined, queues });
  client.task("t", declined);
  client.task("other", { queue: "default", run: declined });
  await deliver({ task: "t" }, { "X-CloudTasks-QueueName": "home" });
  const { headers } = requestOf(createdIn("kept")[0]);
  await deliver({ task: "t" }, { ...headers, "X-CloudTasks-QueueName": "kept", "X-CloudTasks-TaskName": "9" });
  expect(createdIn("kept")).toHaveLength(2);
  const unconfigured = await deadLetterScene({ deadLetter: undefined });
  unconfigured.client.task("t", declined);
  await unconfigured.deliver({ task: "t" }, { ...headers, "X-CloudTasks-QueueName": "kept" });
  expect(unconfigured.createdIn("kept")).toHaveLength(1);
});

test("a dead letter that was delivered and discarded again keeps its first facts and gets another name", async () => {
  const { client, deliver, createdIn } = await deadLetterScene();
  client.task("t", declined);
  await deliver({ task: "t" }, { "X-CloudTasks-QueueName": "home", "X-CloudTasks-TaskRetryCount": "4" });
  const [letter] = createdIn("dead");
  const { headers } = requestOf(letter);
  const id = letter?.name?.split("/").at(-1) ?? "";
  await deliver({ task: "t" }, { ...headers, "X-CloudTasks-QueueName": "dead", "X-CloudTasks-TaskName": id });
  expect(createdIn("dead")[1]?.name).not.toBe(letter?.name);
  expect(requestOf(createdIn("dead")[1]).headers).toMatchObject({
    "CloudTask-Dead-Queue": "home",
    "CloudTask-Dead-Id": "6154398438278443008",
    "CloudTask-Dead-Attempts": "6",
  });
});
