import { ApiError, CloudTaskClient, depends, NetworkError, PayloadInvalidError } from "cloudtask";
import { expect, test } from "vitest";
import { z } from "zod";
import { createRaw, startScene } from "./support/scene.ts";

test("an emulator that is not running: the push says so, and how to start one", async () => {
  await using client = new CloudTaskClient({ url: "http://127.0.0.1:1/", emulatorHost: "127.0.0.1:1" });
  const push = client
    .task("task", () => 1)()
    .push();
  await expect(push).rejects.toThrow(NetworkError);
  await expect(push).rejects.toThrow(/push "task" to projects\/local-project.*127\.0\.0\.1:1.*emulator/s);
});

test("a queue that does not exist: the push names it, and says how to create it", async () => {
  await using scene = await startScene();
  const push = scene.client
    .task("task", { queue: "typo", run: () => 1 })()
    .push();
  await expect(push).rejects.toThrow(ApiError);
  await expect(push).rejects.toMatchObject({ status: "NOT_FOUND", httpStatus: 404 });
  await expect(push).rejects.toThrow(/queues\/typo.*emulator with .*typo/s);
});

test("a payload refused by its schema: the push says where, and nothing is sent", async () => {
  await using scene = await startScene();
  const task = scene.client.task("typed", { input: z.object({ id: z.number() }), run: () => 1 });
  const push = task({ id: "7" as never }).push();
  await expect(push).rejects.toThrow(PayloadInvalidError);
  await expect(push).rejects.toThrow(/the payload of "typed" does not match its schema: payload\.id: /);
  await scene.emulator.idle();
  expect(scene.finished).toEqual([]);
});

test.each([
  ["a body that is not JSON", "{nope", 400],
  ["a body that is not ours", '{"hello":"world"}', 400],
  ["an unknown task", '{"task":"renamed"}', 404],
  ["a body that is too large", `{"task":"typed","payload":"${"x".repeat(5_000)}"}`, 413],
  ["a payload that its schema refuses", '{"task":"typed","payload":{"id":"7"}}', 200],
  ["a dependency that throws on creation", '{"task":"uncreated"}', 500],
  ["a dependency that throws on teardown", '{"task":"uncommitted"}', 500],
  ["a handler that throws undefined", '{"task":"throws-undefined"}', 500],
])("%s is answered, once, and the worker goes on", async (_, body, status) => {
  await using scene = await startScene({ worker: { maxBodyBytes: 4_000 } });
  const uncreated = depends(() => Promise.reject(new Error("no connection")));
  const uncommitted = depends(function* () {
    yield "session";
    throw new Error("commit failed");
  });
  scene.client.task("typed", { input: z.object({ id: z.number() }), run: () => 1 });
  scene.client.task("uncreated", { deps: { uncreated }, run: () => 1 });
  scene.client.task("uncommitted", { deps: { uncommitted }, run: () => 1 });
  scene.client.task("throws-undefined", () => Promise.reject(undefined));
  await createRaw(scene, body);
  await scene.emulator.idle();
  await createRaw(scene, '{"task":"typed","payload":{"id":7}}');
  await scene.emulator.idle();
  expect(scene.finished.map((event) => event.status)).toEqual([status, 200]);
});

test("a wrong secret: the worker refuses with 403 and runs nothing", async () => {
  await using scene = await startScene();
  const seen: string[] = [];
  scene.client.task("task", (text: string) => void seen.push(text));
  const { emulator, url } = scene;
  await using stranger = new CloudTaskClient({ url, emulatorHost: emulator.host, secret: "guess" });
  await stranger
    .task(
      "task",
      (_: string) => 1,
    )("x")
    .push();
  await scene.emulator.idle();
  expect([scene.finished.map(({ status }) => status), seen]).toEqual([[403], []]);
});

test("a handler that never returns: the attempt ends with its deadline, and the handler is told", async () => {
  await using scene = await startScene();
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let told: (reason: unknown) => void = () => undefined;
  const aborted = new Promise((resolve) => {
    told = resolve;
  });
  const hang = scene.client.task("hang", (_: undefined, { delivery }) => {
    begin();
    delivery.signal.addEventListener("abort", () => told(delivery.signal.reason));
    return new Promise<never>(() => undefined);
  });
  await hang().push({ dispatchDeadline: "15s" });
  await begun;
  await scene.emulator.advance("15s");
  expect(scene.finished).toMatchObject([{ status: undefined, error: "deadline exceeded" }]);
  expect(await aborted).toEqual(new Error("the caller closed the connection"));
});
