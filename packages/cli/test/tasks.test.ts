import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { CloudTaskClient, NonRetriableError } from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";
import { expect, test } from "vitest";
import { type CommandResult, runHere, runWith, runWithInput } from "./support/run-here.ts";
import { createTask } from "./support/target.ts";

/** Runs a command of an emulator. */
function on(emulator: Emulator, ...args: readonly string[]): Promise<CommandResult> {
  return runHere(...args, `--emulator=${emulator.host}`);
}

async function fill(emulator: Emulator, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const headers = { "CloudTask-Name": index % 2 === 0 ? "even" : "odd" };
    const name = `${emulator.queues[0]}/tasks/t${index}`;
    await createTask(emulator.url, emulator.queues[0] ?? "", {
      name,
      httpRequest: { url: "http://127.0.0.1:1/", headers },
    });
  }
}

test("push delivers a task to a worker, and describe and attempts show what happened", async () => {
  await using emulator = await createEmulator({ port: 0, queues: ["mail"] });
  const received: unknown[] = [];
  const client = new CloudTaskClient({
    emulatorHost: emulator.host,
    project: "p",
    location: "l",
    url: "http://localhost/",
  });
  client.task("send-mail", async (payload: { to: string }) => {
    received.push(payload);
    if (payload.to === "") throw new NonRetriableError("no address");
  });
  const server = createServer(cloudTaskListener(client, { allowUnauthenticated: true })).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const push = ["tasks", "push", "--definition", "send-mail", "--queue", "mail", "--url", url];
  const pushed = await on(emulator, ...push, "--payload", '{"to":"ada"}', "--name", "welcome");
  expect(pushed).toMatchObject({ code: 0, err: "", out: expect.stringMatching(/^pushed mail\/\S+, due at \S+Z$/) });
  const again = await on(emulator, ...push, "--payload", '{"to":"ada"}', "--name", "welcome");
  expect(again.out).toMatch(/^the name is taken: mail\/\S+ was pushed before$/);
  await on(emulator, ...push, "--payload", '{"to":""}');
  await emulator.idle();
  server.close();
  server.closeAllConnections();
  expect(received).toEqual([{ to: "ada" }, { to: "" }]);
  const id = /mail\/\S+(?=,)/.exec(pushed.out)?.[0] ?? "";
  const { out } = await on(emulator, "tasks", "describe", id);
  expect(out).toMatch(/^state +succeeded$/m);
  expect(out).toMatch(/^body +\{"task":"send-mail","payload":\{"to":"ada"\}\}$/m);
  expect(out).toMatch(/send-mail {2}mail\/\S+ {2}attempt 1 {2}200 {2}.* {2}done$/m);
  const attempts = await on(emulator, "attempts", "--outcome", "discarded");
  expect(attempts.out.split("\n")).toEqual([
    expect.stringMatching(/200 {2}.* {2}discarded \(non-retriable\): no address$/),
  ]);
  expect(JSON.parse((await on(emulator, "attempts", "--task", id, "--json")).out)).toMatchObject([{ status: 200 }]);
  expect((await on(emulator, "logs", "--limit", "1")).out.split("\n")).toHaveLength(1);
});

test("push accepts a payload on stdin, a delay and a time", async () => {
  await using emulator = await createEmulator({ port: 0 });
  const time = new Date(Date.now() + 864_000_000).toISOString();
  const args = ["tasks", "push", "--definition", "a", "--url", "http://127.0.0.1:1/", "--json"];
  const at = JSON.parse((await on(emulator, ...args, "--at", time.replace("Z", "+00:00"))).out);
  expect(at.scheduleTime).toBe(time);
  const delayed = JSON.parse((await on(emulator, ...args, "--delay", "1d")).out);
  expect(Date.parse(delayed.scheduleTime) - Date.now()).toBeGreaterThan(86_000_000);
  const pushed = await runWithInput('{"a":[1]}', ...args, "--payload", "-", `--emulator=${emulator.host}`);
  const { out } = await on(emulator, "tasks", "describe", JSON.parse(pushed.out).name);
  expect(out).toContain('{"task":"a","payload":{"a":[1]}}');
});

test("push --each pushes a task for each line of stdin, and names the lines that failed", async () => {
  await using emulator = await createEmulator({ port: 0, queues: { mail: { paused: true } } });
  const each = ["tasks", "push", "--definition", "a", "--queue", "mail", "--url", "http://127.0.0.1:1/", "--each"];
  const push = (input: string, ...args: readonly string[]): Promise<CommandResult> =>
    runWithInput(input, ...each, ...args, `--emulator=${emulator.host}`);
  expect(await push('{"n":1}\r\n\n{"n":2}\nnull', "--delay", "1h")).toEqual({
    code: 0,
    out: "pushed 3 tasks",
    err: "",
  });
  expect(await push("")).toEqual({ code: 0, out: "pushed 0 tasks", err: "" });
  const invalid = await push('{"n":3}\n{n:4}\n');
  expect(invalid).toMatchObject({ code: 2, out: "" });
  expect(invalid.err).toMatch(/--each: line 2: expected JSON.*No task was pushed/);
  const large = JSON.stringify("x".repeat(1_100_000));
  const mixed = await push(`{"n":5}\n${large}\n`);
  expect(mixed).toMatchObject({ code: 1, out: "pushed 1 task", err: expect.stringMatching(/^line 2: /) });
  expect(JSON.parse((await push(large, "--json")).out)).toMatchObject({
    pushed: 0,
    failed: [{ line: 1, mayExist: false }],
  });
  const { out } = await on(emulator, "tasks", "list", "mail", "--json");
  expect(JSON.parse(out)).toHaveLength(4);
});

test("list selects tasks, and states that there are more", async () => {
  await using emulator = await createEmulator({ port: 0, queues: { mail: { paused: true } } });
  await fill(emulator, 5);
  const all = await on(emulator, "tasks", "list", "mail");
  expect(all.out.split("\n")).toHaveLength(6);
  const odd = await on(emulator, "tasks", "list", "mail", "--definition", "odd", "--json");
  expect(JSON.parse(odd.out).map(({ id }: { readonly id: string }) => id)).toEqual(["t1", "t3"]);
  const some = await on(emulator, "tasks", "list", "mail", "--limit", "2");
  expect(some.out.split("\n")).toHaveLength(3);
  expect(some.err).toBe("there are more than 2 tasks; pass --limit to see more");
});

test("run dispatches a task of a paused queue, and min-attempts finds it", async () => {
  await using emulator = await createEmulator({ port: 0, queues: { mail: { paused: true } } });
  await fill(emulator, 2);
  expect((await on(emulator, "tasks", "run", "mail/t0")).out).toMatch(/^dispatched mail\/t0, attempt \d$/);
  await expect
    .poll(async () => (await on(emulator, "tasks", "list", "mail", "--min-attempts", "1")).out, { timeout: 10_000 })
    .toMatch(/mail\/t0 +even/);
});

test("delete removes one, many, and all tasks that match", async () => {
  await using emulator = await createEmulator({ port: 0, queues: { mail: { paused: true } } });
  await fill(emulator, 9);
  const one = await on(emulator, "tasks", "delete", "mail/t0");
  expect(one).toMatchObject({ code: 2, out: "" });
  expect(one.err).toContain("this deletes 1 task (the emulator at");
  expect((await on(emulator, "tasks", "delete", "mail/t0", "mail/t2", "mail/none", "--yes")).out).toBe(
    "deleted 2 tasks; 1 had finished before",
  );
  const odd = ["tasks", "delete", "--queue", "mail", "--definition", "odd"];
  expect((await on(emulator, ...odd)).err).toContain("this deletes 4 tasks of the queue mail");
  expect((await on(emulator, ...odd, "--yes", "--json")).out).toBe('{"deleted":4,"missing":0}');
  expect(await on(emulator, "tasks", "delete", "--queue", "mail", "-y")).toMatchObject({ out: "deleted 3 tasks" });
  expect(await on(emulator, "tasks", "delete", "--queue", "mail")).toMatchObject({ code: 0, out: "deleted 0 tasks" });
});

test.each([
  [["tasks", "list"], "QUEUE is missing"],
  [["tasks", "list", "mail", "--limit", "0"], "--limit: expected an integer of at least 1; received 0"],
  [["tasks", "describe", "42"], 'TASK: expected QUEUE/ID, as in mail/1234567890, or the full name; received "42"'],
  [["tasks", "delete"], "pass the names of tasks, or --queue for all that match"],
  [["tasks", "delete", "mail/1", "--queue", "mail"], "pass either the names of tasks, or --queue"],
  [["tasks", "push", "--url", "http://x/"], "--definition is missing"],
  [["tasks", "push", "--definition", "a"], "--url is missing"],
  [["tasks", "push", "--definition", "a", "--url", "x"], "--url: expected a URL with http:// or https://"],
  [["tasks", "push", "--definition", "a", "--url", "http://x/", "--payload", "{to}"], "--payload: expected JSON"],
  [["tasks", "push", "--definition", "a", "--url", "http://x/", "--at", "tomorrow"], "--at: expected a time such as"],
  [
    ["tasks", "push", "--definition", "a", "--url", "http://x/", "--at", "2030-01-01T00:00:00"],
    "--at: expected a time",
  ],
  [
    ["tasks", "push", "--definition", "a", "--url", "http://x/", "--delay", "1h", "--at", "2030-01-01T00:00:00Z"],
    "--delay and --at cannot be used together; remove one of them",
  ],
  [
    ["tasks", "push", "--definition", "a", "--url", "http://x/", "--each", "--payload", "1"],
    "--each and --payload cannot be used together",
  ],
  [
    ["tasks", "push", "--definition", "a", "--url", "http://x/", "--each", "--name", "n"],
    "--name and --each cannot be used together",
  ],
  [["tasks", "run"], "pass the names of tasks, or --queue for all that match"],
  [["tasks", "run", "mail/1", "--queue", "mail"], "pass either the names of tasks, or --queue with options"],
  [["attempts", "--task", "1"], "TASK: expected QUEUE/ID"],
  [["attempts", "--status", "5x"], "--status: expected a status such as 503"],
  [["logs", "--outcome", "sad"], "--outcome: expected one of succeeded"],
  [["logs", "-f", "--outcome", "sad"], "--outcome: expected one of succeeded"],
  [["attempts", "--outcome", "sad"], "--outcome: expected one of succeeded"],
])("cloudtask %j exits with 2: %s", async (args, message) => {
  await using emulator = await createEmulator({ port: 0, queues: ["mail"] });
  const result = await runWith({ CLOUD_TASKS_EMULATOR_HOST: emulator.host }, ...args);
  expect(result).toMatchObject({ code: 2, out: "" });
  expect(result.err).toContain(message);
});

test("run dispatches all matching tasks of a queue, and all tasks only after a confirmation", async () => {
  await using emulator = await createEmulator({ port: 0, queues: { mail: { paused: true } } });
  await fill(emulator, 5);
  emulator.faults.add({ on: "delivery", status: 500, times: "always" });
  const refused = await on(emulator, "tasks", "run", "--queue", "mail");
  expect(refused).toMatchObject({ code: 2, out: "" });
  expect(refused.err).toContain(`this dispatches 5 tasks of the queue mail now (the emulator at ${emulator.host}) and`);
  const even = await on(emulator, "tasks", "run", "--queue", "mail", "--definition", "even");
  expect(even).toEqual({ code: 0, out: "dispatched 3 tasks", err: "" });
  await emulator.idle();
  const failed = await on(emulator, "tasks", "run", "--queue", "mail", "--min-attempts", "1", "--json");
  expect(JSON.parse(failed.out).map(({ id }: { id: string }) => id)).toEqual(["t0", "t2", "t4"]);
  expect((await on(emulator, "tasks", "list", "mail")).out).toMatch(/^mail\/t0 +even +\S.* 2 {2}500 INTERNAL$/m);
  const unmatched = await on(emulator, "tasks", "list", "mail", "--min-attempts", "99");
  expect(unmatched).toEqual({ code: 0, out: "", err: "no tasks in mail match" });
  const none = await on(emulator, "tasks", "run", "--queue", "mail", "--min-attempts", "99");
  expect(none).toEqual({ code: 0, out: "dispatched 0 tasks", err: "" });
  emulator.faults.add({ on: "RunTask", status: "PERMISSION_DENIED", message: "not you" });
  const all = await on(emulator, "tasks", "run", "--queue", "mail", "--yes");
  expect(all).toMatchObject({ code: 1, out: "dispatched 4 tasks" });
  expect(all.err).toMatch(/^mail\/t0: .*not you/);
});

test("a task that does not exist is an error", async () => {
  await using emulator = await createEmulator({ port: 0, queues: ["mail"] });
  expect(await on(emulator, "tasks", "describe", "mail/none")).toMatchObject({ code: 1, out: "" });
  expect(await on(emulator, "tasks", "run", "mail/none")).toMatchObject({ code: 1, out: "" });
});

test("a named task that cannot be dispatched does not stop the others", async () => {
  await using emulator = await createEmulator({ port: 0, queues: { mail: { paused: true } } });
  await fill(emulator, 2);
  const run = ["tasks", "run", "mail/t0", "mail/none", "mail/t1"];
  const { code, out, err } = await on(emulator, ...run);
  expect({ code, out }).toEqual({ code: 1, out: "dispatched mail/t0, attempt 1\ndispatched mail/t1, attempt 1" });
  expect(err).toMatch(/^mail\/none: Could not run .*: 404 NOT_FOUND/);
  await emulator.idle();
  const json = await on(emulator, ...run, "--json");
  expect(JSON.parse(json.out).map(({ id }: { id: string }) => id)).toEqual(["t0", "t1"]);
});
