import { CloudTaskClient } from "cloudtask";
import { expect, onTestFinished, test } from "vitest";

test("nock intercepts the pushes of a client that was created before nock was loaded", async () => {
  const url = "https://worker.test/tasks/run";
  const client = new CloudTaskClient({ project: "p", location: "l", url, token: () => "token" });
  onTestFinished(() => client.close());
  const task = client.task("t", (_: number) => undefined);
  const { default: nock } = await import("nock");
  onTestFinished(() => nock.restore());
  nock.disableNetConnect();
  const path = "/v2/projects/p/locations/l/queues/default/tasks";
  const scope = nock("https://cloudtasks.googleapis.com")
    .post(path)
    .reply(200, { name: `${path.slice(4)}/17` });
  expect(await task(1).push()).toMatchObject({ id: "17" });
  expect(scope.isDone()).toBe(true);
});
