import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { type CommandResult, runHere, runWith } from "./support/run-here.ts";
import { createTask } from "./support/target.ts";

/** Runs a command of an emulator. */
function on(emulator: Emulator, ...args: readonly string[]): Promise<CommandResult> {
  return runHere(...args, `--emulator=${emulator.host}`);
}

test("a fault of deliveries is added, applies, is listed and removed", async () => {
  await using emulator = await createEmulator({ port: 0, queues: { mail: { retry: { maxAttempts: 1 } } } });
  const [queue = ""] = emulator.queues;
  const added = await on(emulator, "faults", "add", "delivery", "--status", "418", "--queue", "mail", "--times", "3");
  expect(added).toEqual({ code: 0, out: "added fault 1: delivery of mail: answered with 418, 3 times", err: "" });
  await createTask(emulator.url, queue, { httpRequest: { url: "http://127.0.0.1:1/" } });
  await emulator.idle();
  expect((await on(emulator, "attempts")).out).toContain("  418  ");
  const { out } = await on(emulator, "faults", "list");
  expect(out.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
    ["FAULT", "ON", "ONLY", "EFFECT", "APPLIED"],
    ["1", "delivery", "mail", "answered with 418", "1 of 3"],
  ]);
  expect(JSON.parse((await on(emulator, "faults", "list", "--json")).out)).toEqual([
    { id: "1", fault: { on: "delivery", status: 418, queue: "mail", times: 3 }, fired: 1, isUsedUp: false },
  ]);
  expect(await on(emulator, "faults", "remove", "1")).toEqual({ code: 0, out: "removed 1 fault", err: "" });
  expect(await on(emulator, "faults", "list")).toEqual({ code: 0, out: "", err: "no faults" });
});

test("a fault of API calls fails the commands that make the call", async () => {
  await using emulator = await createEmulator({ port: 0, queues: ["mail"] });
  await on(emulator, "faults", "add", "PauseQueue", "--status", "PERMISSION_DENIED", "--message", "not today");
  const failed = await on(emulator, "queues", "pause", "mail");
  expect(failed).toMatchObject({ code: 1, err: expect.stringContaining("not today") });
  expect(await on(emulator, "queues", "pause", "mail")).toMatchObject({ code: 0 });
});

test.each([
  [["delivery", "--drop", "request"], { on: "delivery", drop: "request" }, "delivery: request lost, once"],
  [["delivery", "--twice"], { on: "delivery", twice: true }, "delivery: sent twice, once"],
  [["delivery", "--delay", "2s", "--times", "always"], { delay: "2s", times: "always" }, "delivery: 2s late, always"],
  [
    ["delivery", "--drop", "response", "--task", "mail/1"],
    { task: "projects/local-project/locations/us-central1/queues/mail/tasks/1" },
    "delivery of mail/1: response lost, once",
  ],
  [["GetTask", "--drop"], { on: "GetTask", drop: true }, "GetTask: connection closed, once"],
  [
    ["*", "--status", "INTERNAL", "--after", "--probability", "0.5", "--seed", "-7"],
    { on: "*", status: "INTERNAL", after: true, probability: 0.5, seed: -7 },
    "*: answered with INTERNAL, after it took effect, probability 0.5, once",
  ],
])("cloudtask faults add %j adds the fault %j", async (args, fields, text) => {
  await using emulator = await createEmulator({ port: 0, queues: ["mail"] });
  expect(await on(emulator, "faults", "add", ...args)).toEqual({ code: 0, out: `added fault 1: ${text}`, err: "" });
  const [placed] = emulator.faults.list();
  expect(placed?.fault).toMatchObject(fields);
  const again = await on(emulator, "faults", "add", ...args, "--json");
  expect(JSON.parse(again.out)).toMatchObject({ id: "2", fault: fields, fired: 0 });
});

test("faults are removed by their numbers or all together, and none if a number is unknown", async () => {
  await using emulator = await createEmulator({ port: 0 });
  for (const status of [500, 501, 502]) emulator.faults.add({ on: "delivery", status });
  expect(await on(emulator, "faults", "remove", "1", "9")).toEqual({
    code: 1,
    out: "",
    err: "cloudtask faults remove: no fault 9; nothing was removed. Existing faults: 1, 2, 3",
  });
  expect((await on(emulator, "faults", "remove", "1", "3")).out).toBe("removed 2 faults");
  expect(emulator.faults.list().map(({ id }) => id)).toEqual(["2"]);
  expect((await on(emulator, "faults", "remove", "--all", "--json")).out).toBe('{"removed":1}');
  expect(emulator.faults.list()).toEqual([]);
});

test.each([
  [["add"], "ON is missing; pass delivery, the name of an API call such as CreateTask, or '*' for all calls"],
  [["add", "delivery"], "expected exactly one of --status, --delay, --drop and --twice; received none"],
  [["add", "delivery", "--twice", "--delay", "1s"], "received --delay and --twice"],
  [["add", "delivery", "--drop"], '--drop: expected "request" or "response"'],
  [["add", "delivery", "--status", "5x"], '--status: expected an HTTP status from 200 to 599; received "5x"'],
  [["add", "delivery", "--status", "500", "--after"], "--after applies only to API calls"],
  [["add", "delivery", "--status", "500", "--times", "0"], '--times: expected an integer of at least 1, or "always"'],
  [["add", "delivery", "--status", "500", "--task", "1"], "TASK: expected QUEUE/ID"],
  [["add", "CreateTasks", "--drop"], 'ON: expected "delivery", "*" or one of BatchCreateTasks'],
  [["add", "CreateTask", "--drop", "request"], "--drop of an API call has no value"],
  [["add", "CreateTask", "--drop", "--queue", "mail"], "--queue applies only to deliveries"],
  [["remove"], "pass the numbers of faults, or --all"],
  [["remove", "1", "--all"], "pass the numbers of faults, or --all"],
])("cloudtask faults %j exits with 2: %s", async (args, message) => {
  await using emulator = await createEmulator({ port: 0 });
  const result = await runWith({ CLOUD_TASKS_EMULATOR_HOST: emulator.host }, "faults", ...args);
  expect(result).toMatchObject({ code: 2, out: "" });
  expect(result.err).toContain(message);
  expect(emulator.faults.list()).toEqual([]);
});

test.each([[["list"]], [["add", "delivery", "--status", "500"]], [["remove", "--all"]]])(
  "without an emulator, cloudtask faults %j states that only an emulator has faults",
  async (args) => {
    const result = await runWith({}, "faults", ...args);
    expect(result).toMatchObject({ code: 2, out: "" });
    expect(result.err).toContain(
      "faults exist only in an emulator; pass --emulator, or set CLOUD_TASKS_EMULATOR_HOST. Google Cloud has none",
    );
  },
);
