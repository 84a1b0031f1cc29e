import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { type CommandResult, runHere } from "./support/run-here.ts";
import { runOnCloud } from "./support/run-on-cloud.ts";
import { createTask } from "./support/target.ts";

/** Runs a command of an emulator. */
function on(emulator: Emulator, ...args: readonly string[]): Promise<CommandResult> {
  return runHere(...args, `--emulator=${emulator.host}`);
}

test("describe shows why a task waits, and the command that runs it", async () => {
  const queues = { mail: { paused: true }, dead: { paused: true } };
  await using emulator = await createEmulator({ port: 0, queues });
  const at = `--emulator=${emulator.host}`;
  const create = (queue: string, task: object): Promise<unknown> => {
    const full = emulator.queues.find((name) => name.endsWith(`/${queue}`)) ?? "";
    return createTask(emulator.url, full, { name: `${full}/tasks/t`, ...task });
  };
  const headers = { "CloudTask-Dead-Reason": "max-attempts" };
  await create("mail", { httpRequest: { url: "http://127.0.0.1:1/" } });
  await create("dead", { httpRequest: { url: "http://127.0.0.1:1/", headers } });
  const task = await on(emulator, "tasks", "describe", "mail/t");
  expect(task.out).toMatch(/^why it waits +the queue is paused$/m);
  expect(task.out.split("\n").at(-1)).toBe(`to run it now: cloudtask tasks run mail/t ${at}`);
  const letter = await on(emulator, "tasks", "describe", "dead/t");
  expect(letter.out.split("\n").at(-1)).toBe(
    `this is a dead letter; to run it again: cloudtask dead redrive dead/t ${at}`,
  );
});

test.each([
  ["text", "order 1", "order 1"],
  ["bytes", Buffer.from([0x00, 0xff, 0x01, 0x02]), "AP8BAg== (base64 of 4 bytes)"],
  ["no body", "", undefined],
])("describe shows a body of %s, and marks base64", async (_, content, shown) => {
  await using emulator = await createEmulator({ port: 0, queues: { mail: { paused: true } } });
  const [queue = ""] = emulator.queues;
  const httpRequest = { url: "http://127.0.0.1:1/", body: Buffer.from(content).toString("base64") };
  await createTask(emulator.url, queue, { name: `${queue}/tasks/t`, httpRequest });
  const { out } = await on(emulator, "tasks", "describe", "mail/t");
  expect(/^body +(.*)$/m.exec(out)?.[1]).toBe(shown);
});

test.each([
  ["no connection", undefined, "no answer"],
  ["403", 403, "403 PERMISSION_DENIED"],
  ["503", 503, "503 UNAVAILABLE"],
])("in Google Cloud, list and describe show the last answer: %s", async (_, status, answer) => {
  const retry = { minBackoff: "1h" };
  await using cloud = await createEmulator({ port: 0, queues: { mail: { retry } } });
  if (status !== undefined) cloud.faults.add({ on: "delivery", status });
  const [queue = ""] = cloud.queues;
  await createTask(cloud.url, queue, { name: `${queue}/tasks/t`, httpRequest: { url: "http://127.0.0.1:1/" } });
  await cloud.idle();
  expect((await runOnCloud(cloud, "tasks", "list", "mail")).out.split("\n")[1]).toMatch(new RegExp(` 1 {2}${answer}$`));
  const { out } = await runOnCloud(cloud, "tasks", "describe", "mail/t");
  expect(out).toMatch(new RegExp(`^last answer +${answer}$`, "m"));
  expect(out.split("\n").at(-1)).toBe("to run it now: cloudtask tasks run mail/t");
});

test("in Google Cloud, a task that does not exist may have been delivered", async () => {
  await using cloud = await createEmulator({ port: 0, queues: ["mail"] });
  const result = await runOnCloud(cloud, "tasks", "describe", "mail/t");
  expect(result).toMatchObject({ code: 1, out: "" });
  expect(result.err).toMatch(/404 NOT_FOUND: .* deletes a task when .* waiting tasks: cloudtask tasks list mail$/);
});
