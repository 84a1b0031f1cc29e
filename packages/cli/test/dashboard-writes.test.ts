import { expect, test } from "vitest";
import { DEAD, type Json, LOCATION, queue, useCloudDashboard } from "./support/cloud-dashboard.ts";

const stage = useCloudDashboard();

/** The changes of the pages. */
const changes: readonly (readonly [method: string, path: string, body?: object])[] = [
  ["POST", `/v2/${LOCATION}/queues`, { name: queue("new") }],
  [
    "PATCH",
    `/v2/${queue("mail")}?updateMask=rateLimits.maxDispatchesPerSecond`,
    { rateLimits: { maxDispatchesPerSecond: 9 } },
  ],
  ["POST", `/v2/${queue("other")}:resume`],
  ["POST", `/v2/${queue("other")}:pause`],
  ["POST", `/v2/${queue("mail")}/tasks`, { task: { httpRequest: { url: "http://127.0.0.1:9/" } } }],
  ["POST", `/v2/${queue("mail")}/tasks/1:run`, {}],
  ["DELETE", `/v2/${queue("mail")}/tasks/1`],
  ["POST", "/control/push", { from: `${queue("mail")}/tasks/2`, delete: true }],
  ["POST", "/control/jobs", { action: "delete", filter: {} }],
  ["POST", `/v2/${queue("mail")}:purge`],
  ["DELETE", `/v2/${queue("new")}`],
];

test("every change is rejected with 403 without --allow-writes, and nothing changes", async () => {
  await stage.push("1", "{}");
  await stage.push("2", "{}");
  const before = (await stage.get("/inspect/queues")).body;
  for (const [method, path, body] of changes) {
    const answer = await stage.send(method, path, body, stage.reader);
    expect([path, answer.status]).toEqual([path, 403]);
    expect(JSON.stringify(answer.body)).toContain("start it with --allow-writes");
  }
  expect((await stage.get("/inspect/queues")).body).toEqual(before);
});

test("every change needs the token of the page, also from programs other than browsers", async () => {
  await stage.push("1", "{}");
  for (const [method, path, body] of changes) {
    const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const answer = await fetch(`${stage.writer.url}${path}`, init);
    expect([path, answer.status, await answer.text()]).toEqual([
      path,
      403,
      expect.stringContaining("X-CloudTask-Token"),
    ]);
  }
  expect(await stage.ids("")).toEqual(["1"]);
});

test("with --allow-writes, every change is made", async () => {
  await stage.push("1", "{}");
  await stage.push("2", "{}");
  for (const [method, path, body] of changes)
    expect([path, (await stage.send(method, path, body)).status]).toEqual([path, 200]);
  const { body } = await stage.get<{ queues: readonly Json[] }>("/inspect/queues");
  expect(body.queues).toMatchObject([
    { id: "dead" },
    { id: "mail", maxDispatchesPerSecond: 9, tasks: 0 },
    { id: "other", state: "PAUSED" },
  ]);
  expect(stage.writer.err()).toBe(
    "Google Cloud, project prod, location europe-west1: the pages can run, delete and push tasks, and change, purge and delete queues",
  );
});

/** Starts a job and waits for its end. */
async function runJob(job: object): Promise<Json> {
  const started = await stage.send("POST", "/control/jobs", job);
  const path = `/control/jobs/${started.body.id}`;
  await expect.poll(async () => (await stage.get(path, stage.writer)).body.state).not.toBe("running");
  return (await stage.get(path, stage.writer)).body;
}

test("jobs run, delete and redrive the named tasks, or all that match", async () => {
  const names = await Promise.all(["1", "2", "3"].map((id) => stage.push(id, `{"n":${id}}`)));
  const letters = await Promise.all(["4", "5"].map((id) => stage.push(id, "{}", DEAD, "dead")));
  expect(await runJob({ action: "delete", tasks: [names[0], `${queue("mail")}/tasks/gone`] })).toMatchObject({
    state: "finished",
    done: 1,
    missing: 1,
    failed: 0,
  });
  expect(await runJob({ action: "run", tasks: [names[1]] })).toMatchObject({ state: "finished", done: 1 });
  expect(await runJob({ action: "redrive", tasks: [letters[0]] })).toMatchObject({ state: "finished", done: 1 });
  expect(await runJob({ action: "redrive", filter: { reason: "max-attempts" } })).toMatchObject({
    state: "finished",
    done: 1,
  });
  expect(await stage.ids("?queue=dead")).toEqual([]);
  expect(await stage.ids("?queue=mail")).toHaveLength(4);
  expect(await runJob({ action: "delete", filter: { text: '"n":' } })).toMatchObject({ state: "finished", done: 2 });
  expect(await stage.ids("?queue=mail")).toHaveLength(2);
});

test("a copy has the secrets of its task and the changes of the page", async () => {
  const name = await stage.push(
    "1",
    '{"password":"hunter22","n":1}',
    { ...DEAD, "X-CloudTask-Secret": "a-long-secret" },
    "dead",
  );
  const masked = (await stage.get<{ task: { request: { body: string } } }>(`/inspect/tasks/${name}`)).body.task.request
    .body;
  const body = masked.replace('"n":1', '"n":2');
  const pushed = await stage.send("POST", "/control/push", { from: name, delete: true, body });
  expect(pushed).toEqual({ status: 200, body: { name: expect.stringMatching(`^${queue("mail")}/tasks/`) } });
  const stored = await (await fetch(`${stage.cloud.url}/v2/${pushed.body.name}?responseView=FULL`)).json();
  expect(Buffer.from(stored.httpRequest.body, "base64").toString()).toBe('{"password":"hunter22","n":2}');
  expect(stored.httpRequest.headers).toMatchObject({
    "X-CloudTask-Secret": "a-long-secret",
    "CloudTask-Name": "send-mail",
  });
  expect(stored.httpRequest.headers).not.toHaveProperty("CloudTask-Dead-Reason");
  expect(await stage.ids("?queue=dead")).toEqual([]);
});
