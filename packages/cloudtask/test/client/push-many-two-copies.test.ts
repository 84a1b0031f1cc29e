import { expect, onTestFinished, test, vi } from "vitest";
import { PushManyError } from "../../src/index.ts";
import { apiServer, clientOf, closedPort } from "../support/api-server.ts";
import { failureOf } from "../support/failure.ts";

/** Evaluates the package again, as a bundled workspace package that contains it does. */
async function secondCopy(): Promise<typeof import("../../src/index.ts")> {
  vi.resetModules();
  return import("../../src/index.ts");
}

async function taskOfSecondCopy(emulatorHost: string) {
  const { CloudTaskClient } = await secondCopy();
  const options = { project: "other", location: "l", url: "https://other.test/", emulatorHost };
  const client = new CloudTaskClient({ ...options, apiRetry: { totalTimeout: 0 } });
  onTestFinished(() => client.close());
  return client.task("theirs", (_: number) => undefined);
}

test("pushMany() pushes the tasks of another copy of the package, each through its own client", async () => {
  const api = await apiServer();
  const client = clientOf(api);
  const ours = client.task("ours", (_: number) => undefined);
  const theirs = await taskOfSecondCopy(api.host);
  const pushed = await client.pushMany([ours(1), theirs(2), ours(3), theirs(4)], { concurrency: 1 });
  expect(pushed.map(({ status }) => status)).toEqual(["pushed", "pushed", "pushed", "pushed"]);
  expect(api.requests.map(({ path }) => path)).toEqual([
    "/v2/projects/p/locations/l/queues/default/tasks:batchCreate",
    "/v2/projects/other/locations/l/queues/default/tasks:batchCreate",
  ]);
});

test("pushMany() states whether a failed task of another copy may exist", async () => {
  const hungUp = await taskOfSecondCopy((await apiServer(({ socket }) => socket?.destroy())).host);
  const unreachable = await taskOfSecondCopy(await closedPort());
  const client = clientOf(undefined);
  const error = await failureOf<PushManyError>(client.pushMany([hungUp(1), unreachable(2)]));
  expect(error).toBeInstanceOf(PushManyError);
  expect(error.results).toMatchObject([
    { status: "failed", mayExist: true },
    { status: "failed", mayExist: false },
  ]);
});
