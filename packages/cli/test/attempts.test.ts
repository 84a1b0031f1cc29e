import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { type CommandResult, runHere, runWith } from "./support/run-here.ts";
import { spawnCloudtask } from "./support/spawned.ts";
import { createTask } from "./support/target.ts";

/** Runs a command of an emulator. */
function on(emulator: Emulator, ...args: readonly string[]): Promise<CommandResult> {
  return runHere(...args, `--emulator=${emulator.host}`);
}

test("logs -f prints attempts as they finish, each once, until Ctrl-C", async () => {
  await using emulator = await createEmulator({ port: 0, queues: ["mail"] });
  await using server = createServer((_, response) => response.writeHead(503).end("busy")).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const create = (id: string): Promise<unknown> =>
    createTask(emulator.url, emulator.queues[0] ?? "", {
      name: `${emulator.queues[0]}/tasks/${id}`,
      httpRequest: { url },
      retryConfig: { maxAttempts: 1 },
    });
  await create("first");
  await emulator.idle();
  await using logs = spawnCloudtask(["logs", "-f", `--emulator=${emulator.host}`]);
  await logs.seen(/mail\/first {2}attempt 1 {2}503 .*busy: failed, no attempts left\n|mail\/first.*busy.*\n/);
  await create("second");
  await logs.seen(/mail\/second {2}attempt 1 {2}503 .*busy.*\n/);
  expect(await logs.kill("SIGINT")).toBe(0);
  expect(logs.out().match(/mail\/first {2}attempt 1 /g)).toHaveLength(1);
  expect(logs.err()).toBe("");
});

test("attempts and logs select outcomes, and attempts states that there are older ones", async () => {
  await using emulator = await createEmulator({ port: 0, queues: ["mail"] });
  const statuses = [200, 500, 200, 501];
  for (const status of statuses) emulator.faults.add({ on: "delivery", status });
  const [queue = ""] = emulator.queues;
  const task = { httpRequest: { url: "http://127.0.0.1:1/" }, retryConfig: { maxAttempts: 1 } };
  await using logs = spawnCloudtask(["logs", "-f", "--outcome", "failed", `--emulator=${emulator.host}`]);
  await expect.poll(() => logs.err()).toBe("no attempts\n");
  for (const _ of statuses) {
    await createTask(emulator.url, queue, task);
    await emulator.idle();
  }
  await logs.seen(/ 500 .*\n.* 501 .*\n/);
  expect(await logs.kill("SIGINT")).toBe(0);
  expect(logs.out()).not.toContain(" 200 ");
  const shown = async (...args: readonly string[]): Promise<unknown> => {
    const { out, err } = await on(emulator, ...args);
    return [out.match(/(?<= {2})[25]0\d(?= {2})/g), err];
  };
  expect(await shown("attempts", "--outcome", "succeeded,failed")).toEqual([["200", "500", "200", "501"], ""]);
  const older = "there are older attempts; pass --limit to see more than 2";
  expect(await shown("attempts", "--limit", "2")).toEqual([["200", "501"], older]);
  expect(await shown("attempts", "--outcome", "failed", "--limit", "2")).toEqual([["500", "501"], ""]);
  expect(await shown("logs", "--outcome", "failed", "--limit", "1")).toEqual([["501"], ""]);
});

test("failures groups the failed attempts of all tasks by their answer", async () => {
  const retry = { minBackoff: "1h" };
  await using emulator = await createEmulator({ port: 0, queues: { mail: { retry }, reports: { retry } } });
  const push = async (queue: string, definition: string): Promise<void> => {
    const full = emulator.queues.find((name) => name.endsWith(`/${queue}`)) ?? "";
    const headers = { "CloudTask-Name": definition };
    await createTask(emulator.url, full, { httpRequest: { url: "http://127.0.0.1:1/", headers } });
    await emulator.idle();
  };
  for (const status of [503, 503, 500]) emulator.faults.add({ on: "delivery", status });
  for (const definition of ["send-mail", "send-mail", "charge-card"]) await push("mail", definition);
  await push("reports", "build-report");
  const byDefinition = (a: string, b: string): number => (a.split("  ")[1] ?? "").localeCompare(b.split("  ")[1] ?? "");
  const { code, out, err } = await on(emulator, "failures");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const [table = "", next] = out.split("\n\n");
  const [head, ...rows] = table.split("\n").map((line) => line.replaceAll(/ {2,}/g, "  "));
  expect(head).toBe("LAST TASK  DEFINITION  ANSWER  UNRESOLVED  ATTEMPTS  LAST");
  expect(rows.toSorted(byDefinition)).toEqual([
    expect.stringMatching(/^reports\/\d+ {2}build-report {2}no answer: .*ECONNREFUSED.* {2}1 of 1 {2}1 {2}/),
    expect.stringMatching(/^mail\/\d+ {2}charge-card {2}500 .* {2}1 of 1 {2}1 {2}\S+ \S+ ago$/),
    expect.stringMatching(/^mail\/\d+ {2}send-mail {2}503 .* {2}2 of 2 {2}2 {2}\S+ \S+ ago$/),
  ]);
  expect(next).toBe(
    `to see the request and all attempts of a task: cloudtask tasks describe TASK --emulator=${emulator.host}`,
  );
  const json = async (...args: readonly string[]): Promise<readonly { readonly definition: string }[]> =>
    JSON.parse((await on(emulator, "failures", "--json", ...args)).out);
  expect((await json())[0]).toMatchObject({ definition: "send-mail", status: 503, unresolved: 2, tasks: 2 });
  expect((await json("--queue", "reports")).map(({ definition }) => definition)).toEqual(["build-report"]);
  expect((await json("--definition", "charge-card")).map(({ definition }) => definition)).toEqual(["charge-card"]);
  expect(await json("--project=other")).toEqual([]);
  const cut = await on(emulator, "failures", "--limit", "2", "--json");
  expect(JSON.parse(cut.out)).toHaveLength(2);
  expect(cut.err).toBe("there are more than 2 groups; pass --limit to see more");
});

test("failures of a queue that does not exist names those that do", async () => {
  await using emulator = await createEmulator({ port: 0, queues: ["mail"] });
  expect(await on(emulator, "failures")).toEqual({ code: 0, out: "", err: "no failed attempts" });
  expect((await on(emulator, "failures", "--queue", "mial")).err).toBe(
    "no failed attempts; the emulator has no queue mial, it has mail",
  );
});

test("attempts and logs of an emulator with two projects are those of --project and --location", async () => {
  const queues = ["mail", "projects/other/locations/l/queues/mail"];
  await using emulator = await createEmulator({ port: 0, queues });
  emulator.faults.add({ on: "delivery", status: 200, times: "always" });
  for (const name of emulator.queues)
    await createTask(emulator.url, name, { httpRequest: { url: "http://127.0.0.1:1/" } });
  await emulator.idle();
  const count = async (...args: readonly string[]): Promise<number> =>
    (await on(emulator, ...args)).out.split("\n").filter((line) => line.includes("attempt 1")).length;
  const other = ["--project=other", "--location=l"];
  expect([await count("attempts"), await count("attempts", ...other), await count("logs", ...other)]).toEqual([
    2, 1, 1,
  ]);
  expect(await on(emulator, "attempts", "--project=none")).toEqual({ code: 0, out: "", err: "no attempts" });
  await using logs = spawnCloudtask(["logs", "-f", ...other, `--emulator=${emulator.host}`]);
  await logs.seen(/attempt 1/);
  for (const name of emulator.queues) {
    await createTask(emulator.url, name, { httpRequest: { url: "http://127.0.0.1:1/" } });
    await emulator.idle();
  }
  await logs.seen(/attempt 1[\s\S]*attempt 1/);
  expect(await logs.kill("SIGINT")).toBe(0);
  expect(logs.out().match(/attempt 1/g)).toHaveLength(2);
});

test.each([["attempts"], ["logs"]])("%s without results states that the queue does not exist", async (command) => {
  await using emulator = await createEmulator({ port: 0, queues: ["mail", "reports"] });
  expect(await on(emulator, command)).toEqual({ code: 0, out: "", err: "no attempts" });
  expect((await on(emulator, command, "--queue", "mail")).err).toBe("no attempts");
  expect((await on(emulator, command, "--queue", emulator.queues[1] ?? "")).err).toBe("no attempts");
  expect((await on(emulator, command, "--queue", "mial")).err).toBe(
    "no attempts; the emulator has no queue mial, it has mail, reports",
  );
  expect(await on(emulator, command, "--queue", "mial", "--json")).toMatchObject({
    code: 0,
    err: expect.stringContaining("no queue mial"),
  });
});

test.each([
  ["failures", "--project", "p", "--location", "us-central1"],
  ["attempts", "--project", "p", "--location", "us-central1"],
  ["logs", "--project", "p", "--location", "us-central1"],
  ["attempts"],
])("in Google Cloud, %s explains how to read the log", async (...args) => {
  const result = await runWith({}, ...args);
  expect(result).toMatchObject({ code: 2, out: "" });
  expect(result.err).toContain("only an emulator keeps attempts");
  expect(result.err).toContain("cloudtask tasks list QUEUE shows the last answer");
  expect(result.err).toContain("gcloud logging read");
});
