import { expect } from "vitest";
import { startTarget } from "../../support/target.ts";
import { failureOf } from "./failure.ts";
import type { V2Case } from "./queues.ts";
import { inSeconds } from "./times.ts";

const url = "http://127.0.0.1:9/";

const EXISTED =
  "The task no longer exists, though a task with this name existed recently. The task either successfully completed or was deleted.";

const createTask: V2Case = async ({ client, emulator, queue }) => {
  await using target = await startTarget(200);
  const scheduleTime = inSeconds(60);
  const task = {
    name: `${queue}/tasks/t-1`,
    scheduleTime,
    dispatchDeadline: { seconds: 20 },
    httpRequest: {
      url: `${target.url}?order=7`,
      httpMethod: "PUT" as const,
      headers: { "X-Order": "7", "Content-Type": "text/plain" },
      body: Buffer.from("grüße"),
    },
  };
  const [created] = await client.createTask({ parent: queue, task });
  expect(created).toMatchObject({
    name: task.name,
    scheduleTime: { seconds: String(scheduleTime.seconds), nanos: 0 },
    dispatchDeadline: { seconds: "20", nanos: 0 },
    view: "BASIC",
    httpRequest: { url: task.httpRequest.url, httpMethod: "PUT", headers: task.httpRequest.headers },
  });
  await emulator.idle();
  expect(target.received).toHaveLength(0);
  await emulator.advance("60s");
  expect(target.received).toMatchObject([
    {
      method: "PUT",
      path: "/run?order=7",
      body: "grüße",
      headers: {
        "x-order": "7",
        "content-type": "text/plain",
        "user-agent": "Google-Cloud-Tasks",
        "x-cloudtasks-queuename": "q",
        "x-cloudtasks-taskname": "t-1",
        "x-cloudtasks-taskretrycount": "0",
        "x-cloudtasks-taskexecutioncount": "0",
        "x-cloudtasks-tasketa": String(scheduleTime.seconds),
      },
    },
  ]);
  expect(target.received[0]?.headers).not.toHaveProperty("x-cloudtasks-taskpreviousresponse");
};

const nameTaken: V2Case = async ({ client, queue }) => {
  const task = { name: `${queue}/tasks/t`, scheduleTime: inSeconds(3600), httpRequest: { url } };
  await client.createTask({ parent: queue, task });
  expect(await failureOf(client.createTask({ parent: queue, task }))).toMatchObject({
    code: 6,
    message: "Requested entity already exists",
  });
};

const getTaskViews: V2Case = async ({ client, queue }) => {
  const name = `${queue}/tasks/t`;
  const httpRequest = { url, headers: { "X-A": "b" }, body: Buffer.from("hello") };
  await client.createTask({ parent: queue, task: { name, scheduleTime: inSeconds(3600), httpRequest } });
  const [basic] = await client.getTask({ name });
  expect(basic).toMatchObject({ view: "BASIC", httpRequest: { headers: { "X-A": "b" } } });
  expect(basic.httpRequest?.body).toHaveLength(0);
  const [full] = await client.getTask({ name, responseView: "FULL" });
  expect(full).toMatchObject({ view: "FULL", httpRequest: { headers: { "X-A": "b" } } });
  expect(Buffer.from(full.httpRequest?.body as Uint8Array).toString()).toBe("hello");
};

const listTasks: V2Case = async ({ client, queue }) => {
  const names = ["a", "b", "c"].map((id) => `${queue}/tasks/${id}`);
  for (const name of names) {
    const httpRequest = { url, body: Buffer.from("hello") };
    await client.createTask({ parent: queue, task: { name, scheduleTime: inSeconds(3600), httpRequest } });
  }
  const request = { parent: queue, pageSize: 2, responseView: "FULL" as const };
  const [page, next] = await client.listTasks(request, { autoPaginate: false });
  const [rest, end] = await client.listTasks(next ?? {}, { autoPaginate: false });
  const [empty, none] = await client.listTasks(end ?? {}, { autoPaginate: false });
  expect([page.length, rest.length, empty.length, none]).toEqual([2, 1, 0, null]);
  const tasks = [...page, ...rest];
  expect(tasks.map(({ name }) => name).sort()).toEqual(names);
  const bodies = tasks.map(({ httpRequest }) => Buffer.from(httpRequest?.body as Uint8Array).toString());
  expect(bodies).toEqual(["hello", "hello", "hello"]);
};

const runTask: V2Case = async ({ client, emulator, queue }) => {
  await using target = await startTarget(200);
  const name = `${queue}/tasks/t`;
  const httpRequest = { url: target.url };
  await client.createTask({ parent: queue, task: { name, scheduleTime: inSeconds(3600), httpRequest } });
  const [run] = await client.runTask({ name, responseView: "FULL" });
  expect(run).toMatchObject({ name, dispatchCount: 1, view: "FULL" });
  await emulator.idle();
  expect(target.received).toHaveLength(1);
  await emulator.advance("2h");
  expect(target.received).toHaveLength(1);
};

const deleteTask: V2Case = async ({ client, emulator, queue }) => {
  await using target = await startTarget(200);
  const name = `${queue}/tasks/t`;
  const httpRequest = { url: target.url };
  await client.createTask({ parent: queue, task: { name, scheduleTime: inSeconds(3600), httpRequest } });
  await client.deleteTask({ name });
  await emulator.advance("59m");
  expect(await failureOf(client.getTask({ name }))).toMatchObject({ code: 5, message: EXISTED });
  await emulator.advance("1h");
  expect(target.received).toHaveLength(0);
};

const retryCounts: V2Case = async ({ client, emulator, queue: name }) => {
  await using target = await startTarget(503, 200);
  const retryConfig = { minBackoff: { seconds: 60 } };
  await client.updateQueue({ queue: { name, retryConfig }, updateMask: { paths: ["retry_config.min_backoff"] } });
  const [task] = await client.createTask({ parent: name, task: { httpRequest: { url: target.url } } });
  await emulator.idle();
  const [failed] = await client.getTask({ name: task.name ?? "" });
  expect(failed).toMatchObject({
    dispatchCount: 1,
    responseCount: 0,
    firstAttempt: { responseTime: null },
    lastAttempt: { responseStatus: { code: 14 } },
  });
  await emulator.advance("60s");
  expect(target.received.map(({ headers }) => headers["x-cloudtasks-taskretrycount"])).toEqual(["0", "1"]);
  expect(target.received[1]?.headers["x-cloudtasks-taskpreviousresponse"]).toBe("503");
  expect(await failureOf(client.getTask({ name: task.name ?? "" }))).toMatchObject({ code: 5, message: EXISTED });
};

/** The cases about tasks and their delivery. */
export const taskCases = {
  "create-task": createTask,
  "name-taken": nameTaken,
  "get-task-views": getTaskViews,
  "list-tasks": listTasks,
  "run-task": runTask,
  "delete-task": deleteTask,
  "retry-counts": retryCounts,
} satisfies Record<string, V2Case>;
