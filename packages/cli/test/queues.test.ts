import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { startBrokenWorker } from "./support/broken-worker.ts";
import { temporaryFolder } from "./support/folder.ts";
import { type CommandResult, runHere, runWith } from "./support/run-here.ts";
import { runOnCloud } from "./support/run-on-cloud.ts";
import { createTask } from "./support/target.ts";

const TARGET = { httpRequest: { url: "http://127.0.0.1:1/" } };

async function emulatorWith(queues: Record<string, object | null> = { mail: { rate: 5 } }): Promise<Emulator> {
  return createEmulator({ port: 0, queues });
}

/** Runs a command of an emulator. */
function on(emulator: Emulator, ...args: readonly string[]): Promise<CommandResult> {
  return runHere(...args, `--emulator=${emulator.host}`);
}

test("queues list shows the queues as a table, and as JSON", async () => {
  await using emulator = await emulatorWith({ mail: { rate: 5 }, dead: { paused: true } });
  await createTask(emulator.url, emulator.queues.find((name) => name.endsWith("/dead")) ?? "", TARGET);
  const { out, err, code } = await on(emulator, "queues", "list");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out.split("\n").map((line) => line.replace(/ {2,}/g, "  ").trim())).toEqual([
    "QUEUE  STATE  TASKS  OLDEST  RUNNING  RATE  CONCURRENCY  ATTEMPTS",
    expect.stringMatching(/^dead {2}paused {2}1 {2}\S+ \S+ ago {2}0 {2}500\/s {2}1000 {2}100$/),
    "mail  running  0  -  0  5/s  1000  100",
    "",
    `dead: paused, 1 task is due; to deliver: cloudtask queues resume dead --emulator=${emulator.host}`,
  ]);
  const json = JSON.parse((await on(emulator, "queues", "list", "--json")).out);
  expect(json).toMatchObject([
    { id: "dead", state: "paused", stats: { tasksCount: 1 } },
    { id: "mail", rate: 5 },
  ]);
});

test("list and describe show why tasks do not run or fail, with the next command", async () => {
  await using stage = await startBrokenWorker();
  const { emulator } = stage;
  await stage.push("ada");
  await emulator.idle();
  emulator.faults.add({ on: "delivery", status: 503, queue: "mail", times: "always" });
  await stage.push("bob");
  await stage.push("eve");
  await emulator.idle();
  const here = `--emulator=${emulator.host}`;
  const [mail, dead] = [
    "mail: the last N attempts failed (503: a fault of the emulator answered 503; the request was not sent); see: cloudtask failures --queue mail",
    "dead: 1 dead letter; see: cloudtask dead list dead",
  ];
  const problems = ({ out }: CommandResult): string[] =>
    (out.split("\n\n")[1] ?? "").split("\n").map((line) => line.replace(/last \d+/, "last N"));
  expect(problems(await on(emulator, "queues", "list"))).toEqual([`${dead} ${here}`, `${mail} ${here}`]);
  expect(problems(await on(emulator, "queues", "describe", "dead"))).toEqual([`${dead} ${here}`]);
  const env = { CLOUD_TASKS_EMULATOR_HOST: emulator.host };
  expect(problems(await runWith(env, "queues", "describe", "mail"))).toEqual([mail]);
  expect(JSON.parse((await on(emulator, "queues", "list", "--json")).out)).toMatchObject([
    { id: "dead", deadLetters: 1, blockers: [] },
    { id: "mail", deadLetters: 0, blockers: [{ reason: "failing" }], failing: { status: 503, kind: "overloaded" } },
  ]);
});

test("list shows that the rate or the concurrency of a queue is reached, with the next command", async () => {
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await once(silent, "listening");
  onTestFinished(() => void silent.close().closeAllConnections());
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
  const queues = { busy: { concurrency: 1 }, slow: { rate: 0.001 } };
  await using emulator = await createEmulator({ port: 0, queues });
  for (const name of emulator.queues) {
    for (let task = 0; task < 14; task += 1) await createTask(emulator.url, name, { httpRequest: { url } });
  }
  const env = { CLOUD_TASKS_EMULATOR_HOST: emulator.host };
  await expect
    .poll(async () => (await runWith(env, "queues", "list")).out.split("\n\n")[1]?.split("\n"))
    .toEqual([
      "busy: as many attempts are in progress as the concurrency of 1 allows, 13 tasks are due; see: cloudtask tasks list busy",
      "slow: the rate of 0.001/s is reached, 4 tasks are due; to deliver faster: cloudtask queues update slow --rate 0.002",
    ]);
});

test("in Google Cloud, list and describe show the problems that Cloud Tasks knows, with the next command", async () => {
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await once(silent, "listening");
  onTestFinished(() => void silent.close().closeAllConnections());
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
  const paused = { paused: true };
  const queues = { busy: { concurrency: 1 }, dead: paused, empty: paused, later: null, payments: paused };
  await using cloud = await createEmulator({ port: 0, queues });
  const create = (id: string, scheduleTime?: string): Promise<unknown> => {
    const queue = cloud.queues.find((name) => name.endsWith(`/${id}`)) ?? "";
    return createTask(cloud.url, queue, { scheduleTime, httpRequest: { url } });
  };
  const later = new Date(Date.now() + 29 * 86_400_000).toISOString();
  await create("busy");
  await create("dead", later);
  await create("later", later);
  await create("payments");
  const problem = {
    busy: "busy: as many attempts are in progress as the concurrency of 1 allows; see: cloudtask tasks list busy",
    dead: "dead: paused, with 1 task scheduled for later, as dead letters are; see: cloudtask dead list dead",
    payments: "payments: paused, tasks are due; to deliver: cloudtask queues resume payments",
  };
  await expect
    .poll(async () => (await runOnCloud(cloud, "queues", "list")).out.split("\n\n")[1]?.split("\n"))
    .toEqual([problem.busy, problem.dead, problem.payments]);
  expect(JSON.parse((await runOnCloud(cloud, "queues", "list", "--json")).out)).toMatchObject([
    { id: "busy", blockers: [{ reason: "concurrency", limit: 1 }] },
    { id: "dead", blockers: [] },
    { id: "empty", blockers: [] },
    { id: "later", blockers: [] },
    { id: "payments", blockers: [{ reason: "paused" }] },
  ]);
  const described = await runOnCloud(cloud, "queues", "describe", "payments");
  expect(described.out.split("\n\n")[1]).toBe(problem.payments);
  expect((await runOnCloud(cloud, "queues", "describe", "later")).out).not.toContain("\n\n");
});

test("a list without queues names the location that has queues", async () => {
  await using emulator = await createEmulator({ port: 0, project: "shop", location: "europe-west1" });
  const { code, out, err } = await on(emulator, "queues", "list", "--project=shp");
  expect({ code, out }).toEqual({ code: 0, out: "" });
  expect(err).toMatch(/no queues in projects\/shp\/.*; its queues are in projects\/shop\/locations\/europe-west1$/);
});

test("an attempt without an answer is shown with its URL", async () => {
  await using emulator = await emulatorWith({ mail: { retry: { minBackoff: "1ms", maxBackoff: "1ms" } } });
  const [queue = ""] = emulator.queues;
  await createTask(emulator.url, queue, TARGET);
  await expect
    .poll(async () => (await on(emulator, "queues", "list")).out)
    .toMatch(/^mail: the last \d+ attempts failed \(no answer http:\/\/127\.0\.0\.1:1\/: connect ECONNREFUSED/m);
});

test("create, update, pause, resume and describe change a queue and show it", async () => {
  await using emulator = await emulatorWith();
  const created = await on(
    emulator,
    "queues",
    "create",
    "reports",
    "--max-dispatches-per-second",
    "2",
    "--max-attempts",
    "-1",
    "--min-backoff",
    "5s",
    "--routing-override",
    "service:api,version:v2",
  );
  expect(created).toMatchObject({ code: 0, err: "" });
  const updated = await on(emulator, "queues", "update", "reports", "--concurrency=3", "--json");
  expect(JSON.parse(updated.out)).toMatchObject({
    rate: 2,
    concurrency: 3,
    retry: { maxAttempts: -1, minBackoff: 5_000 },
    routing: { service: "api", version: "v2" },
  });
  expect((await on(emulator, "queues", "pause", "reports")).out).toMatch(/^state +paused$/m);
  expect((await on(emulator, "queues", "resume", "reports")).out).toMatch(/^state +running$/m);
  const { out } = await on(emulator, "queues", "describe", "reports");
  expect(out).toMatch(/^retry\.maxAttempts +unlimited$/m);
  expect(out).toMatch(/^rate +2\/s, 10 at once after an idle time$/m);
});

test.each([
  ["100/m", "100/m"],
  ["1/h", "1/h"],
  ["0.25", "0.25/s"],
  ["20", "20/s"],
])("the rate %s is shown as %s, and exported for plan", async (rate, shown) => {
  await using emulator = await emulatorWith();
  await using folder = await temporaryFolder();
  expect((await on(emulator, "queues", "update", "mail", "--rate", rate)).out).toContain(`${shown}, 10 at once`);
  expect((await on(emulator, "queues", "list")).out).toMatch(new RegExp(` ${shown} +1000`));
  const exported = await on(emulator, "queues", "export");
  expect(exported.out).toContain(`rate: ${rate}`);
  const plan = await on(emulator, "queues", "plan", await folder.write("queues.yaml", exported.out));
  expect(plan.code).toBe(0);
});

test("purge and delete name the tasks that are lost, refuse without a terminal, and act with --yes", async () => {
  await using emulator = await emulatorWith({ mail: { paused: true } });
  for (let count = 0; count < 3; count += 1) await createTask(emulator.url, emulator.queues[0] ?? "", TARGET);
  const place = `(the emulator at ${emulator.host})`;
  expect(await on(emulator, "queues", "purge", "mail")).toMatchObject({
    code: 2,
    out: "",
    err: expect.stringContaining(
      `this deletes 3 tasks of the queue mail ${place} and cannot be undone; without a terminal to ask, pass --yes to confirm`,
    ),
  });
  expect(await on(emulator, "queues", "purge", "mail", "--yes")).toEqual({
    code: 0,
    out: "purged the queue mail",
    err: "",
  });
  expect((await on(emulator, "queues", "delete", "mail")).err).toContain("this deletes the queue mail with 0 tasks");
  expect(await on(emulator, "queues", "delete", "mail", "-y")).toEqual({
    code: 0,
    out: "deleted the queue mail",
    err: "",
  });
  expect(await on(emulator, "queues", "delete", "mail", "-y")).toMatchObject({ code: 1, out: "" });
});

test("plan exits with 3 if there are changes, apply makes them, export describes the result", async () => {
  await using emulator = await emulatorWith({ mail: { rate: 5 } });
  await using folder = await temporaryFolder();
  const file = await folder.write(
    "cloudtask.yaml",
    "queues:\n  mail: { rate: 7, retry: { maxAttempts: 3, minBackoff: 1s } }\n  dead: { paused: true }\n",
  );
  const plan = await on(emulator, "queues", "plan", file);
  expect(plan).toMatchObject({ code: 3, err: "" });
  expect(plan.out).toContain("Plan: 1 to create, 1 to change, 0 to delete.");
  expect((await on(emulator, "queues", "apply", file)).out).toMatch(/\napplied 2 changes$/);
  expect(await on(emulator, "queues", "plan", file)).toMatchObject({
    code: 0,
    out: expect.stringContaining("No changes"),
  });
  const exported = await on(emulator, "queues", "export");
  expect(parse(exported.out)).toEqual({
    queues: { dead: { paused: true }, mail: { rate: 7, retry: { maxAttempts: 3, minBackoff: "1s" } } },
  });
  const again = await folder.write("again.yaml", exported.out);
  expect(await on(emulator, "queues", "plan", again)).toMatchObject({ code: 0 });
});

test("apply with --prune refuses to delete queues without a terminal, and changes nothing", async () => {
  await using emulator = await emulatorWith({ mail: null, old: null });
  await using folder = await temporaryFolder();
  const file = await folder.write("cloudtask.yaml", "queues: { mail: { rate: 1 } }\n");
  const refused = await on(emulator, "queues", "apply", file, "--prune");
  expect(refused.code).toBe(2);
  expect(refused.err).toContain("this deletes old with all tasks");
  expect((await on(emulator, "queues", "describe", "mail")).out).toMatch(/^rate +500/m);
  expect(await on(emulator, "queues", "apply", file, "--prune", "--yes")).toMatchObject({ code: 0 });
  expect(JSON.parse((await on(emulator, "queues", "list", "--json")).out)).toHaveLength(1);
});

test.each([
  [["queues"], 2, "Usage: cloudtask queues <command> [options]"],
  [["queues", "lst"], 2, 'unknown command "lst", did you mean list?'],
  [
    ["queues", "describe"],
    2,
    "cloudtask queues describe: QUEUE is missing; pass the id of a queue, as cloudtask queues list shows it",
  ],
  [["queues", "describe", "a_b"], 2, "a_b"],
  [["queues", "describe", "none"], 1, "none"],
  [["queues", "update", "mail"], 2, "nothing to change; pass a setting such as --rate 5"],
  [["queues", "update", "mail", "--rate", "fast"], 2, "--rate: expected dispatches per second"],
  [["queues", "update", "mail", "--max-dispatches-per-second", "501"], 2, "--max-dispatches-per-second: expected"],
  [["queues", "update", "mail", "--min-backoff", "5"], 2, "--min-backoff: expected a duration"],
  [
    ["queues", "update", "mail", "--rate", "1", "--max-dispatches-per-second", "2"],
    2,
    "--max-dispatches-per-second and --rate set the same; remove one of them",
  ],
  [["queues", "update", "mail", "--max-attemps", "2"], 2, "unknown option --max-attemps, did you mean --max-attempts?"],
  [["queues", "update", "mail", "--routing-override", "api"], 2, "--routing-override: expected service:NAME"],
  [["queues", "plan"], 2, "there is no cloudtask.yaml here; to create one: cloudtask queues export > cloudtask.yaml"],
  [["queues", "plan", "nowhere.yaml"], 2, "FILE nowhere.yaml: the file does not exist"],
  [["queues", "list", "--emulator", "mail"], 2, '--emulator: expected HOST:PORT; received "mail"'],
])("cloudtask %j exits with %i: %s", async (args, code, message) => {
  await using emulator = await emulatorWith();
  const result = await runWith({ CLOUD_TASKS_EMULATOR_HOST: emulator.host }, ...args);
  expect(result).toMatchObject({ code, out: "" });
  expect(result.err).toContain(message);
});

test("without an emulator, the message contains a remedy", async () => {
  expect(await runHere("queues", "list", "--emulator=127.0.0.1:1")).toEqual({
    code: 1,
    out: "",
    err: expect.stringMatching(
      /^cloudtask queues list: no emulator answers at 127\.0\.0\.1:1 .*--emulator or CLOUD_TASKS/,
    ),
  });
});
