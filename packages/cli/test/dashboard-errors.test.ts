import { expect, test } from "vitest";
import { queue, useCloudDashboard } from "./support/cloud-dashboard.ts";
import { openDashboard } from "./support/open-dashboard.ts";
import { runWith } from "./support/run-here.ts";

const stage = useCloudDashboard();

test.each([
  [403, "PERMISSION_DENIED", "The caller requires roles/cloudtasks.viewer"],
  [429, "RESOURCE_EXHAUSTED", "A quota of the Cloud Tasks API is exhausted"],
] as const)("an answer %d of the API stays an error that says what to do", async (status, code, remedy) => {
  stage.cloud.faults.add({ on: "ListQueues", status: code, times: "always" });
  const answer = await stage.get("/inspect/queues");
  stage.cloud.faults.clear();
  expect(answer).toEqual({
    status,
    body: { error: expect.objectContaining({ message: expect.stringContaining(remedy) }) },
  });
});

test.each([
  ["/inspect/tasks?sort=create", 400],
  ["/inspect/tasks?answer=500", 400],
  ["/inspect/tasks?state=nonsense", 400],
  ["/inspect/tasks?queue=projects/other/locations/europe-west1/queues/mail", 400],
  ["/inspect/tasks?cursor=nonsense", 400],
  [`/inspect/tasks/${queue("mail")}/tasks/none`, 404],
  ["/inspect/tasks/projects/other/locations/europe-west1/queues/mail/tasks/1", 400],
  ["/inspect/nothing", 404],
] as const)("GET %s answers %d", async (path, status) => {
  expect((await stage.get(path)).status).toBe(status);
});

test.each([
  ["POST", "/v2/projects/other/locations/europe-west1/queues/mail:purge", 404],
  ["POST", `/v2/${queue("mail")}:setIamPolicy`, 404],
  ["GET", `/v2/${queue("mail")}`, 404],
  ["POST", "/control/advance", 404],
  ["POST", "/control/push", 400],
  ["POST", "/control/jobs", 400],
] as const)("%s %s answers %d", async (method, path, status) => {
  expect((await stage.send(method, path, method === "GET" ? undefined : {})).status).toBe(status);
});

test.each([
  [{ Origin: "https://evil.example" }, "has the Origin"],
  [{ "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors" }, "a web page of another origin caused it"],
])("a request with %j is rejected", async (headers, message) => {
  for (const path of ["/", "/inspect/queues", "/control/session"]) {
    const response = await fetch(`${stage.writer.url}${path}`, { headers });
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining(message)]);
  }
});

test.each([
  [
    { CLOUD_TASKS_EMULATOR_HOST: "127.0.0.1:8123" },
    [],
    "open http://127.0.0.1:8123/. For the dashboard of Google Cloud, unset",
  ],
  [{}, ["--emulator"], "open http://127.0.0.1:8123/. For the dashboard of Google Cloud, remove --emulator"],
  [{}, ["--project", "p", "--location", "l", "--port", "x"], "--port: expected an integer from 0 to 65535"],
  [{}, [], "the project is missing"],
] as const)("with the variables %j, the arguments %j are rejected", async (env, args, message) => {
  expect(await runWith(env, "dashboard", ...args)).toMatchObject({ code: 2, err: expect.stringContaining(message) });
});

test("a port in use is reported, and a signal stops the dashboard", async () => {
  const { port } = new URL(stage.reader.url);
  const args = ["--project", "p", "--location", "l", "--port", port];
  expect(await runWith({}, "dashboard", ...args)).toMatchObject({
    code: 1,
    err: expect.stringContaining(`cannot listen on 127.0.0.1:${port}: the port is in use`),
  });
  const other = await openDashboard(stage.cloud);
  expect(await other.stop()).toBe(0);
  await expect(fetch(other.url)).rejects.toThrow();
});
