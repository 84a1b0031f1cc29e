import { expect, test } from "vitest";
import type { PushOptions } from "../../src/index.ts";
import { apiServer, clientOf, tasksIn } from "../support/api-server.ts";

type Definition = Parameters<ReturnType<typeof clientOf>["task"]>[1];
const run: Definition = () => undefined;

test("a secret that is known after the first push is sent with the next one", async () => {
  const api = await apiServer();
  let secret: string | undefined;
  const client = clientOf(api, { secret: () => secret as string });
  const task = client.task("t", run);
  await task().push();
  secret = "correct-horse-battery-staple";
  await task().push();
  const sent = api.requests.flatMap(tasksIn).map(({ httpRequest }) => httpRequest.headers["X-CloudTask-Secret"]);
  expect(sent).toEqual([undefined, "correct-horse-battery-staple"]);
});

test("pushes of several definitions and with options of their own keep their settings apart", async () => {
  const api = await apiServer();
  const client = clientOf(api, { headers: { "X-Client": "1" } });
  const one = client.task("one", { run, headers: { "X-Own": "one" } });
  const two = client.task("two", { run, url: "https://other.test/" });
  await one().push();
  await two().push();
  await one().push({ headers: { "X-Push": "1" } });
  await one().push();
  const sent = api.requests.flatMap(tasksIn).map(({ httpRequest: { url, headers } }) => {
    return [new URL(url).host, headers["CloudTask-Name"], headers["X-Client"], headers["X-Own"], headers["X-Push"]];
  });
  const plain = ["worker.test", "one", "1", "one", undefined];
  expect(sent).toEqual([plain, ["other.test", "two", "1", undefined, undefined], [...plain.slice(0, 4), "1"], plain]);
});

test.each(["appEngine", "dispatchDeadline", "headers", "queue", "retry"])(
  "null for `%s` is rejected, also after a push without options",
  async (option) => {
    const api = await apiServer();
    const task = clientOf(api).task("t", run);
    await task().push();
    await expect(task().push({ [option]: null } as PushOptions)).rejects.toBeInstanceOf(TypeError);
    expect(api.requests).toHaveLength(1);
  },
);
