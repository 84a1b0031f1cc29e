import { ApiError, CloudTaskClient, depends, NetworkError, PayloadInvalidError } from "cloudtask";
import { expect, test } from "vitest";
import { z } from "zod";
import { createRaw, startTestEnvironment } from "./support/test-environment.ts";

test("a push without a running emulator rejects, and states how to start one", async () => {
  await using client = new CloudTaskClient({ url: "http://127.0.0.1:1/", emulatorHost: "127.0.0.1:1" });
  const push = client
    .task("task", () => 1)()
    .push();
  await expect(push).rejects.toThrow(NetworkError);
  await expect(push).rejects.toThrow(/push "task" to projects\/local-project.*127\.0\.0\.1:1.*emulator/s);
});

test("a push to a queue that does not exist rejects, and states how to create the queue", async () => {
  await using environment = await startTestEnvironment();
  const push = environment.client
    .task("task", { queue: "typo", run: () => 1 })()
    .push();
  await expect(push).rejects.toThrow(ApiError);
  await expect(push).rejects.toMatchObject({ status: "NOT_FOUND", httpStatus: 404 });
  await expect(push).rejects.toThrow(/queues\/typo.*The emulator has these queues: \S.*--queue \S+typo/s);
});

test("a push with an invalid payload rejects with the invalid path, and sends nothing", async () => {
  await using environment = await startTestEnvironment();
  const task = environment.client.task("typed", { input: z.object({ id: z.number() }), run: () => 1 });
  const push = task({ id: "7" as never }).push();
  await expect(push).rejects.toThrow(PayloadInvalidError);
  await expect(push).rejects.toThrow(/the payload of "typed" does not match its schema: payload\.id: /);
  await environment.emulator.idle();
  expect(environment.finishedAttempts).toEqual([]);
});

test.each([
  ["a body that is not JSON", "{nope", 400],
  ["a body of another format", '{"hello":"world"}', 400],
  ["an unknown task", '{"task":"renamed"}', 404],
  ["a body that is too large", `{"task":"typed","payload":"${"x".repeat(5_000)}"}`, 413],
  ["a payload that does not fit its schema", '{"task":"typed","payload":{"id":"7"}}', 200],
  ["a dependency that throws on creation", '{"task":"uncreated"}', 500],
  ["a dependency that throws on teardown", '{"task":"uncommitted"}', 500],
  ["a handler that throws undefined", '{"task":"throws-undefined"}', 500],
])("%s gets one response, and the worker continues", async (_, body, status) => {
  await using environment = await startTestEnvironment({ worker: { maxBodyBytes: 4_000 } });
  const uncreated = depends(() => Promise.reject(new Error("no connection")));
  const uncommitted = depends(function* () {
    yield "session";
    throw new Error("commit failed");
  });
  environment.client.task("typed", { input: z.object({ id: z.number() }), run: () => 1 });
  environment.client.task("uncreated", { deps: { uncreated }, run: () => 1 });
  environment.client.task("uncommitted", { deps: { uncommitted }, run: () => 1 });
  environment.client.task("throws-undefined", () => Promise.reject(undefined));
  await createRaw(environment, body);
  await environment.emulator.idle();
  await createRaw(environment, '{"task":"typed","payload":{"id":7}}');
  await environment.emulator.idle();
  expect(environment.finishedAttempts.map((event) => event.status)).toEqual([status, 200]);
});

test("a delivery with a wrong secret is answered 403 and runs nothing", async () => {
  await using environment = await startTestEnvironment();
  const received: string[] = [];
  environment.client.task("task", (text: string) => void received.push(text));
  const { emulator, url } = environment;
  await using otherClient = new CloudTaskClient({ url, emulatorHost: emulator.host, secret: "a-guessed-secret" });
  await otherClient
    .task(
      "task",
      (_: string) => 1,
    )("x")
    .push();
  await environment.emulator.idle();
  expect([environment.finishedAttempts.map(({ status }) => status), received]).toEqual([[403], []]);
});

test("a handler that never returns is aborted at the deadline of its attempt", async () => {
  await using environment = await startTestEnvironment();
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let notify: (reason: unknown) => void = () => undefined;
  const aborted = new Promise((resolve) => {
    notify = resolve;
  });
  const hang = environment.client.task("hang", (_: undefined, { delivery }) => {
    begin();
    delivery.signal.addEventListener("abort", () => notify(delivery.signal.reason));
    return new Promise<never>(() => undefined);
  });
  await hang().push({ dispatchDeadline: "15s" });
  await begun;
  await environment.emulator.advance("15s");
  expect(environment.finishedAttempts).toMatchObject([{ status: undefined, error: "deadline exceeded" }]);
  expect(await aborted).toEqual(new Error("the caller closed the connection"));
});
