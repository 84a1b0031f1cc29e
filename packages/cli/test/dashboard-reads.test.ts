import { expect, test } from "vitest";
import { DEAD, type Json, type Page, queue, useCloudDashboard } from "./support/cloud-dashboard.ts";
import { openDashboard } from "./support/open-dashboard.ts";
import { createTask } from "./support/target.ts";

const stage = useCloudDashboard();

test("the source is Google Cloud with its place, and pages read again every 10 s", async () => {
  const source = { kind: "googleCloud", project: "prod", location: "europe-west1", pollMs: 10_000 };
  expect((await stage.get("/inspect/source")).body).toMatchObject({ ...source, allowsWrites: false });
  expect((await stage.get("/inspect/source", stage.writer)).body).toMatchObject({ ...source, allowsWrites: true });
});

test("queues have the settings and estimates of the API, and nothing that it does not state", async () => {
  await stage.push("1", "{}");
  const { body } = await stage.get<{ queues: readonly Json[] }>("/inspect/queues");
  expect(body.queues).toHaveLength(3);
  const [mail = {}] = body.queues.filter(({ id }) => id === "mail");
  expect(mail).toMatchObject({
    name: queue("mail"),
    state: "PAUSED",
    maxDispatchesPerSecond: 5,
    tasks: 1,
    inFlight: 0,
    isDue: false,
    blockers: [],
  });
  for (const unknown of ["counts", "deadLetters", "failing", "lastMinute", "waiting"])
    expect(mail).not.toHaveProperty(unknown);
  expect((await stage.get(`/inspect/queues/${queue("mail")}`)).body).toMatchObject({ id: "mail", tasks: 1 });
});

test("a paused queue is a problem only if a task is due", async () => {
  await stage.push("1", "{}", {}, "dead");
  await createTask(stage.cloud.url, queue("mail"), { httpRequest: { url: "http://127.0.0.1:9/" } });
  const { body } = await stage.get<{ queues: readonly Json[] }>("/inspect/queues");
  expect(body.queues).toMatchObject([
    { id: "dead", state: "PAUSED", isDue: false, blockers: [] },
    { id: "mail", state: "PAUSED", isDue: true, blockers: [{ reason: "paused" }] },
    { id: "other", state: "PAUSED", blockers: [] },
  ]);
});

test("tasks of all queues are found by text, definition, state and queue", async () => {
  await stage.push("1", '{"order":"a-1"}');
  await stage.push("2", '{"order":"a-2"}', { "CloudTask-Name": "other" });
  await stage.push("3", '{"order":"b-3"}', {}, "other");
  await stage.push("4", '{"order":"a-4"}', DEAD, "dead");
  expect(await stage.ids("")).toEqual(["1", "2", "3", "4"]);
  expect(await stage.ids("?queue=mail")).toEqual(["1", "2"]);
  expect(await stage.ids(`?queue=${queue("other")}`)).toEqual(["3"]);
  expect(await stage.ids("?text=A-")).toEqual(["1", "2", "4"]);
  expect(await stage.ids("?text=CARD%20declined")).toEqual(["4"]);
  expect(await stage.ids("?definition=send-mail&deadLetters=false")).toEqual(["1", "3"]);
  expect(await stage.ids("?state=scheduled")).toEqual(["1", "2", "3", "4"]);
  expect(await stage.ids("?state=running,retrying,finished")).toEqual([]);
  const { body } = await stage.get<Page>("/inspect/tasks?queue=other");
  expect(body.tasks[0]).toMatchObject({
    state: "scheduled",
    definition: "send-mail",
    request: { method: "POST", url: "http://127.0.0.1:9/run", preview: '{"order":"b-3"}', bodySize: 15 },
    waits: [{ reason: "scheduleTime" }],
    dispatchCount: 0,
    failureCount: 0,
  });
  expect(await stage.get("/inspect/dead-letters?reason=max-attempts")).toMatchObject({
    body: { deadLetters: [{ id: "4", deadLetter: { message: "card declined", homeQueue: queue("mail") } }] },
  });
});

test("pages neither skip nor repeat a task, and a request makes at most 10 list calls", async () => {
  const requests = Array.from({ length: 1_050 }, (_, n) => ({
    parent: queue("mail"),
    task: { name: `${queue("mail")}/tasks/t-${n}`, httpRequest: { url: "http://127.0.0.1:9/" } },
  }));
  for (let from = 0; from < requests.length; from += 100) {
    const init = { method: "POST", body: JSON.stringify({ requests: requests.slice(from, from + 100) }) };
    expect((await fetch(`${stage.cloud.url}/v2beta3/${queue("mail")}/tasks:batchCreate`, init)).status).toBe(200);
  }
  const found = new Set<string>();
  let cursor = "";
  for (let n = 0; n < 20; n += 1) {
    const { body } = await stage.get<Page>(`/inspect/tasks?limit=200&cursor=${cursor}`);
    for (const { id } of body.tasks) found.add(id);
    cursor = body.nextCursor ?? "";
    if (cursor === "") break;
    expect(body.tasks.length).toBe(found.size < 1_050 ? 200 : 50);
  }
  expect(found.size).toBe(1_050);
  const search = await stage.get<Page>("/inspect/tasks?text=nothing&queue=mail");
  expect(search.body).toMatchObject({ tasks: [], examined: 1_000, isPartial: true, nextCursor: expect.any(String) });
  const rest = await stage.get<Page>(`/inspect/tasks?text=nothing&queue=mail&cursor=${search.body.nextCursor}`);
  expect(rest.body).toEqual({ tasks: [], examined: 50 });
});

test("without the permission to read bodies, tasks are listed without them, and the answer says so", async () => {
  const name = await stage.push("1", '{"order":"a-1"}');
  stage.cloud.faults.add({ on: "ListTasks", status: "PERMISSION_DENIED" });
  await using other = await openDashboard(stage.cloud);
  const { body } = await stage.get<Page>("/inspect/tasks?queue=mail", other);
  expect(body).toMatchObject({ bodiesHidden: expect.stringContaining("cloudtasks.tasks.fullView") });
  expect(body.tasks[0]?.request).toEqual({ kind: "http", method: "POST", url: "http://127.0.0.1:9/run" });
  expect((await stage.get<{ task: Json }>(`/inspect/tasks/${name}`, other)).body.task).toMatchObject({
    bodiesHidden: expect.stringContaining("cloudtasks.tasks.fullView"),
  });
});

test("a task has its last attempt as the API states it, secrets are masked, and other attempts are left out", async () => {
  const name = await stage.push("1", '{"password":"hunter22"}', {
    "X-CloudTask-Secret": "a-long-secret",
    Authorization: "Bearer abcdefgh",
  });
  await stage.send("POST", `/v2/${name}:run`);
  await stage.cloud.idle();
  const { body } = await stage.get<{ task: Json }>(`/inspect/tasks/${name}`);
  expect(Object.keys(body)).toEqual(["task"]);
  expect(body.task).toMatchObject({
    state: "retrying",
    dispatchCount: 1,
    failureCount: 1,
    lastAttempt: { dispatchTime: expect.any(String), finishTime: expect.any(String), message: expect.any(String) },
    waits: [{ reason: "retry" }],
    running: [],
  });
  expect(JSON.stringify(body)).not.toMatch(/hunter22|a-long-secret|abcdefgh/);
  expect((await stage.get("/inspect/tasks?text=hunter22")).body).toMatchObject({ tasks: [] });
});

test.each(["attempts", "attempts/1", "failures", "stats", "schedule", "definitions", "events"])(
  "/inspect/%s is not available",
  async (path) => {
    const { status, body } = await stage.get(`/inspect/${path}`);
    expect([status, body]).toEqual([
      501,
      { error: expect.objectContaining({ message: expect.stringMatching(/^Not available on Google Cloud: /) }) },
    ]);
  },
);
