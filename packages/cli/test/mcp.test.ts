import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type BrokenWorker, startBrokenWorker } from "./support/broken-worker.ts";
import { temporaryFolder } from "./support/folder.ts";
import { type McpClient, startMcp } from "./support/mcp-client.ts";
import { createTask } from "./support/target.ts";

const READS = ["list_queues", "list_tasks", "describe_task", "list_dead_letters"];
const CHANGES = [
  ...["push_task", "run_task", "delete_tasks", "pause_queue", "resume_queue"],
  ...["redrive_dead_letters", "delete_dead_letters"],
];
const EMULATOR = [
  ...["list_failures", "list_attempts", "list_faults", "wait_until_idle"],
  ...["advance_clock", "place_fault", "lift_faults"],
];

let stage: BrokenWorker;
let mcp: McpClient;

beforeAll(async () => {
  stage = await startBrokenWorker();
  mcp = await startMcp([`--emulator=${stage.emulator.host}`]);
});

afterAll(async () => {
  await mcp[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

beforeEach(() => stage.reset());

test("an agent pushes a task, waits, reads why it failed, and redrives the dead letter", async () => {
  const pushed = await mcp.json("push_task", {
    definition: "send-mail",
    payload: { to: "ada" },
    queue: "mail",
    url: stage.url,
  });
  expect(pushed).toMatchObject({ deduplicated: false, name: expect.stringContaining("/queues/mail/tasks/") });
  expect(await mcp.json("wait_until_idle")).toEqual({ attempts: expect.any(Number) });
  const { task, attempts } = await mcp.json("describe_task", { task: pushed.name });
  expect(task).toMatchObject({ state: "discarded", definition: "send-mail" });
  expect(attempts).toMatchObject([
    { status: 200, discarded: true, response: { body: expect.stringContaining("no route to ada") } },
  ]);
  expect((await mcp.json("list_attempts", { outcome: "discarded" })).attempts).toHaveLength(1);
  expect((await mcp.json("list_failures", { queue: "mail" })).groups).toMatchObject([
    {
      definition: "send-mail",
      answer: "discarded (non-retriable): no route to ada",
      unresolved: 1,
      lastTask: pushed.name,
    },
  ]);
  const { letters } = await mcp.json("list_dead_letters");
  expect(letters).toMatchObject([
    {
      definition: "send-mail",
      reason: "non-retriable",
      message: "no route to ada",
      request: { body: '{"task":"send-mail","payload":{"to":"ada"}}' },
    },
  ]);
  stage.mend();
  expect(await mcp.json("redrive_dead_letters", { queue: "dead" })).toEqual({ redriven: 1, failed: [] });
  await mcp.json("wait_until_idle");
  expect(stage.received).toEqual([{ to: "ada" }]);
  expect(await mcp.json("list_dead_letters", { queue: "dead" })).toEqual({ letters: [], hasMore: false });
});

test("an agent places a fault, sees the failed delivery, and advances the clock to its retry", async () => {
  stage.mend();
  const placed = await mcp.json("place_fault", { on: "delivery", status: 503 });
  const push = { definition: "send-mail", payload: { to: "bob" }, queue: "mail", url: stage.url, name: "once" };
  await mcp.json("push_task", { ...push, delay: "1h" });
  expect((await mcp.json("push_task", push)).deduplicated).toBe(true);
  expect((await mcp.json("list_tasks", { queue: "mail", state: "waiting" })).tasks).toMatchObject([
    { state: "scheduled", waits: [{ reason: "scheduleTime" }] },
  ]);
  await mcp.json("advance_clock", { by: "2h" });
  expect(stage.received).toEqual([{ to: "bob" }]);
  const { attempts } = await mcp.json("list_attempts", { queue: "mail" });
  expect(attempts.map(({ status }: { readonly status: number }) => status)).toEqual([200, 503]);
  expect((await mcp.json("list_faults")).faults).toMatchObject([{ id: placed.id, fired: 1, isUsedUp: true }]);
  await mcp.json("lift_faults", { id: placed.id });
  expect(await mcp.json("list_faults")).toEqual({ faults: [] });
});

test("an agent pauses a queue, runs one of its tasks, deletes the others, and resumes it", async () => {
  stage.mend();
  expect(await mcp.json("pause_queue", { queue: "mail" })).toMatchObject({ state: "paused" });
  const names: string[] = [];
  for (const to of ["ada", "bob", "eve"]) {
    const task = { definition: "send-mail", payload: { to }, queue: "mail", url: stage.url };
    names.push((await mcp.json("push_task", task)).name);
  }
  const [first = "", ...others] = names;
  expect(await mcp.json("run_task", { task: first })).toMatchObject({ name: first });
  await expect.poll(() => stage.received).toEqual([{ to: "ada" }]);
  expect(await mcp.json("delete_tasks", { tasks: others })).toEqual({ deleted: 2, missing: 0 });
  expect(await mcp.json("resume_queue", { queue: "mail" })).toMatchObject({ state: "running" });
  const { queues } = await mcp.json("list_queues");
  expect(queues).toMatchObject([{ id: "dead" }, { id: "mail", state: "RUNNING", tasks: 0 }]);
});

test("the client sees the effect of each tool", async () => {
  const { tools } = await mcp.client.listTools();
  const named = (isSelected: (hints: object) => boolean): readonly string[] =>
    tools.filter(({ annotations = {} }) => isSelected(annotations)).map(({ name }) => name);
  expect(tools.map(({ name }) => name).sort()).toEqual([...READS, ...CHANGES, ...EMULATOR].sort());
  expect(named((hints) => "readOnlyHint" in hints && hints.readOnlyHint === true).toSorted()).toEqual(
    [...READS, "list_failures", "list_attempts", "list_faults", "wait_until_idle"].sort(),
  );
  expect(named((hints) => "destructiveHint" in hints && hints.destructiveHint === true)).toEqual([
    ...["delete_tasks", "redrive_dead_letters", "delete_dead_letters"],
  ]);
  expect(mcp.client.getInstructions()).toContain(`emulator at ${stage.emulator.host}`);
});

/** The API of an emulator, called as that of Google Cloud: with a token, by the endpoint of gcloud. */
async function cloudStandIn(): Promise<
  { readonly cloud: Emulator; readonly env: Readonly<Record<string, string>> } & AsyncDisposable
> {
  const folder = await temporaryFolder();
  const cloud = await createEmulator({
    port: 0,
    project: "prod",
    location: "europe-west1",
    queues: { mail: { paused: true } },
  });
  const token = await folder.write("token", "secret-token\n");
  return {
    cloud,
    env: { CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDTASKS: `${cloud.url}/`, CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: token },
    [Symbol.asyncDispose]: async () => {
      await cloud.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const HOSTILE = {
  control: "</result>\u0000\u001b[31m\u0085",
  invisible: '</result><script>alert(1)</script>\u202e\u200b\u{e0041}\u2028"\\',
};
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

const WHERE = ["--project", "prod", "--location", "europe-west1"];

test("in Google Cloud, an agent reads, and every change is rejected without --allow-writes", async () => {
  await using standIn = await cloudStandIn();
  const { cloud, env } = standIn;
  const queue = cloud.queues[0] ?? "";
  const httpRequest = {
    url: "http://127.0.0.1:1/",
    headers: { "X-CloudTask-Secret": "s3cret-value", "CloudTask-Name": "a" },
    body: Buffer.from(HOSTILE.control + HOSTILE.invisible).toString("base64"),
  };
  const { name } = await createTask(cloud.url, queue, { name: `${queue}/tasks/t1`, httpRequest });
  await using own = await startMcp(WHERE, env);
  const { tools } = await own.client.listTools();
  expect(tools.map((each) => each.name).sort()).toEqual([...READS].sort());
  expect(tools.every(({ annotations }) => annotations?.readOnlyHint)).toBe(true);
  expect((await own.json("list_queues")).queues).toMatchObject([{ id: "mail", state: "paused" }]);
  expect(await own.json("list_tasks", { queue: "mail" })).toMatchObject({
    tasks: [{ name, definition: "a" }],
    hasMore: false,
  });
  const described = await own.call("describe_task", { task: "mail/t1" });
  expect(JSON.parse(described.text)).toMatchObject({ name, request: { body: HOSTILE.control + HOSTILE.invisible } });
  expect(described.text).not.toMatch(UNPRINTABLE);
  expect(described.text).not.toContain("s3cret-value");
  expect(await own.json("list_dead_letters", { queue: "mail" })).toEqual({ letters: [], hasMore: false });
  for (const change of CHANGES) {
    expect(await own.call(change, { task: name, tasks: [name], queue: "mail" })).toEqual({
      isError: true,
      text: `${change} would change Google Cloud, and this server is read-only; restart it with --allow-writes to permit changes`,
    });
  }
  for (const only of EMULATOR)
    expect((await own.call(only)).text).toBe(`${only} needs an emulator, and this server works on Google Cloud`);
  expect(await own.call("no_such_tool")).toEqual({ isError: true, text: 'unknown tool "no_such_tool"' });
  expect((await own.json("list_queues")).queues).toMatchObject([{ id: "mail", state: "paused" }]);
});

test("in Google Cloud with --allow-writes, changes are made and announced on stderr", async () => {
  await using standIn = await cloudStandIn();
  await using own = await startMcp([...WHERE, "--allow-writes"], standIn.env);
  const names = (await own.client.listTools()).tools.map(({ name }) => name);
  expect(names.sort()).toEqual([...READS, ...CHANGES].sort());
  const { name } = await own.json("push_task", { definition: "a", queue: "mail", url: "http://127.0.0.1:1/" });
  expect(await own.json("delete_tasks", { tasks: [name] })).toEqual({ deleted: 1, missing: 0 });
  expect(own.err()).toBe(
    [
      "Google Cloud, project prod, location europe-west1: pushes a task a to the queue mail\n",
      "Google Cloud, project prod, location europe-west1: deletes 1 task\n",
    ].join(""),
  );
});

test("hostile payloads are text of limited length, without control and invisible characters", async () => {
  const { url, project, location } = stage.emulator;
  const queue = `projects/${project}/locations/${location}/queues/dead`;
  const bodies = { ...HOSTILE, huge: "x".repeat(1_000_000), bells: "\u0007".repeat(400_000) };
  for (const [id, body] of Object.entries(bodies)) {
    const httpRequest = { url: "http://127.0.0.1:1/", body: Buffer.from(body).toString("base64") };
    await createTask(url, queue, { name: `${queue}/tasks/${id}`, httpRequest });
  }
  for (const [id, body] of Object.entries(bodies)) {
    const { text } = await mcp.call("describe_task", { task: `dead/${id}` });
    expect(text.length).toBeLessThanOrEqual(40_000);
    expect(text).not.toMatch(UNPRINTABLE);
    const { body: shown, bodyEncoding, bodySize } = JSON.parse(text).task.request;
    // The emulator shows bodies with control characters as base64.
    const start = bodyEncoding === "base64" ? Buffer.from(shown.slice(0, 60), "base64").toString() : shown;
    expect(body.startsWith(start.slice(0, 40))).toBe(true);
    expect(bodySize).toBe(Buffer.byteLength(body));
  }
  const { text } = await mcp.call("list_tasks", { queue: "dead" });
  expect(text.length).toBeLessThanOrEqual(40_000);
  expect(JSON.parse(text).tasks).toHaveLength(4);
});

test("invalid input is an error that names the field, and the server goes on", async () => {
  const cases: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
    ["list_tasks", { limit: 0 }, "invalid input of list_tasks: limit: "],
    ["list_tasks", { queu: "mail" }, 'invalid input of list_tasks: Unrecognized key: "queu"'],
    ["describe_task", {}, "invalid input of describe_task: task: "],
    [
      "describe_task",
      { task: "42" },
      'TASK: expected QUEUE/ID, as in mail/1234567890, or the full name; received "42"',
    ],
    ["describe_task", { task: "mail/none" }, "answered 404"],
    ["push_task", { definition: "a", queue: "mail" }, "url: "],
    ["push_task", { definition: "a", url: "ftp://x" }, "url: expected a URL with http:// or https://"],
    ["push_task", { definition: "a", url: "http://x/", delay: "soon" }, "delay: expected a duration"],
    ["push_task", { definition: "a", url: "http://x/", at: "tomorrow" }, "at: expected a time"],
    [
      "push_task",
      { definition: "a", url: "http://x/", at: "2030-01-01T00:00:00Z", delay: "1h" },
      "delay and at cannot be used together",
    ],
    ["push_task", { definition: "a", url: "http://x/", queue: "none" }, "none"],
    ["advance_clock", {}, "by, to: expected exactly one of them"],
    ["place_fault", { on: "delivery" }, "expected exactly one of status, twice, delay, drop; received none"],
    ["delete_dead_letters", { queue: "mail" }, "set filters that select letters, or all: true"],
    ["list_dead_letters", { queue: "none" }, "none"],
  ];
  for (const [name, input, message] of cases) {
    const answer = await mcp.call(name, input);
    expect(answer, `${name} ${JSON.stringify(input)}`).toEqual({
      isError: true,
      text: expect.stringContaining(message),
    });
  }
  expect((await mcp.json("list_queues")).queues).toHaveLength(2);
});
