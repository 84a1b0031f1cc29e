import { expect, test } from "vitest";
import { createWorker, type Delivery } from "../../src/index.ts";
import { apiServer, clientOf, taskAt } from "../support/api-server.ts";

/** The headers that Cloud Scheduler sends. */
const SCHEDULER = {
  "Content-Type": "application/json",
  "User-Agent": "Google-Cloud-Scheduler",
  "X-CloudScheduler": "true",
  "X-CloudScheduler-JobName": "nightly-report",
  "X-CloudScheduler-ScheduleTime": "2026-01-01T02:00:00Z",
};

function scheduled(headers: Readonly<Record<string, string>> = {}, body = '{"task":"report"}'): Request {
  return new Request("http://worker.test/", { method: "POST", headers: { ...SCHEDULER, ...headers }, body });
}

async function deliveryFor(request: Request): Promise<Delivery> {
  const client = clientOf(undefined);
  const seen: Delivery[] = [];
  client.task("report", (_: undefined, { delivery }) => void seen.push(delivery));
  await createWorker(client, { allowUnauthenticated: true }).fetch(request);
  return seen[0] ?? expect.unreachable();
}

test("a delivery by Cloud Scheduler has the job and the scheduled time as its id", async () => {
  expect(await deliveryFor(scheduled())).toMatchObject({
    source: "cloud-scheduler",
    id: "nightly-report@2026-01-01T02:00:00Z",
    queue: "",
    attempt: 1,
    scheduledAt: new Date("2026-01-01T02:00:00Z"),
  });
});

test("the resource name of a job is shortened to its id", async () => {
  const name = "projects/p/locations/l/jobs/nightly-report";
  expect((await deliveryFor(scheduled({ "X-CloudScheduler-JobName": name }))).id).toBe(
    "nightly-report@2026-01-01T02:00:00Z",
  );
});

test("without a valid scheduled time, the id is the job", async () => {
  const { id, scheduledAt } = await deliveryFor(scheduled({ "X-CloudScheduler-ScheduleTime": "soon" }));
  expect(id).toBe("nightly-report");
  expect(Math.abs(scheduledAt.getTime() - Date.now())).toBeLessThan(60_000);
});

test("a task with headers of Cloud Scheduler is a delivery by Cloud Tasks", async () => {
  const headers = { "X-CloudTasks-TaskName": "42", "X-CloudTasks-QueueName": "default" };
  expect(await deliveryFor(scheduled(headers))).toMatchObject({ source: "cloud-tasks", id: "42", queue: "default" });
});

test("the attempts of one scheduled run push the same tasks with deferPushes", async () => {
  const api = await apiServer();
  const client = clientOf(api);
  const mail = client.task("mail", (_: string) => undefined);
  client.task("report", { deferPushes: true, run: async () => void (await mail("a").push()) });
  const worker = createWorker(client, { allowUnauthenticated: true });
  for (const time of ["2026-01-01T02:00:00Z", "2026-01-01T02:00:00Z", "2026-01-02T02:00:00Z"]) {
    await worker.fetch(scheduled({ "X-CloudScheduler-ScheduleTime": time }));
  }
  const [first, again, next] = [0, 1, 2].map((index) => taskAt(api, index).name);
  expect(first).toBeDefined();
  expect(again).toBe(first);
  expect(next).not.toBe(first);
});

test("a content type that Cloud Scheduler sends by default is rejected with the flag that sets the right one", async () => {
  const client = clientOf(undefined);
  const request = scheduled({ "Content-Type": "application/octet-stream" });
  const response = await createWorker(client, { allowUnauthenticated: true }).fetch(request);
  expect([response.status, await response.json()]).toEqual([
    400,
    {
      status: "malformed",
      message:
        'expected the Content-Type application/json, received "application/octet-stream"; set that header on the task or, ' +
        "with `--headers=Content-Type=application/json`, on the Cloud Scheduler job",
    },
  ]);
});
