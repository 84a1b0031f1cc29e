import { createEmulator, type Emulator, ManualClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { call, createTask, queuePath } from "../support/api.ts";
import { get, idsOf, type Json } from "../support/inspect.ts";
import { startTarget, type Target } from "../support/target.ts";

const NOON = "2030-01-01T12:00:00Z";

interface Fixture extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly target: Target;
}

/** Starts an emulator with a task in each state. The target answers by the path. */
async function everyState(): Promise<Fixture> {
  const target = await startTarget((response) => {
    const [, status = ""] = /\/(\w+)$/.exec(response.req.url ?? "") ?? [];
    if (status === "hang") return;
    if (status === "discard") response.setHeader("CloudTask-Outcome", "discarded");
    response.writeHead(Number(status) || 200).end();
  });
  const emulator = await createEmulator({
    clock: new ManualClock(NOON),
    queues: { mail: { retry: { minBackoff: "1m" } }, once: { retry: { maxAttempts: 1 } }, stopped: { paused: true } },
  });
  const tasks: readonly (readonly [
    id: string,
    queue: string,
    path: string,
    definition: string | undefined,
    delay: number,
  ])[] = [
    ["scheduled", "mail", "200", "send", 300],
    ["running", "mail", "hang", "send", 0],
    ["retrying", "mail", "503", "send", 0],
    ["done", "mail", "201", "send", 0],
    ["discarded", "mail", "discard", "charge", 0],
    ["exhausted", "once", "404", "charge", 0],
    ["due", "stopped", "200", undefined, 0],
    ["deleted", "mail", "500", undefined, 0],
  ];
  for (const [id, queue, path, definition, delaySeconds] of tasks) {
    const headers = definition === undefined ? {} : { "CloudTask-Name": definition };
    const body = Buffer.from(JSON.stringify({ note: `Order of ${id}`, password: "hunter2" })).toString("base64");
    const httpRequest = { url: `${target.url}/${path}`, headers, body };
    await createTask(emulator, { id, queue, delaySeconds, now: Date.parse(NOON), httpRequest });
  }
  await expect.poll(() => emulator.attempts().length).toBe(5);
  await target.count(6);
  await call(emulator, "DELETE", `${queuePath(emulator, "mail")}/tasks/deleted`);
  const close = async (): Promise<void> => {
    await emulator.close();
    await target[Symbol.asyncDispose]();
  };
  return { emulator, target, [Symbol.asyncDispose]: close };
}

const all = ["deleted", "due", "exhausted", "discarded", "done", "retrying", "running", "scheduled"];

test("a task is in one of eight states, and tasks can be selected by every filter", async () => {
  await using fixture = await everyState();
  const { emulator } = fixture;
  const lists: readonly (readonly [query: string, ids: readonly string[]])[] = [
    ["", all],
    ["sort=create", [...all].reverse()],
    ...all.map((state) => [`state=${state === "done" ? "succeeded" : state}`, [state]] as const),
    ["state=waiting&sort=create", ["scheduled", "retrying", "due"]],
    ["state=live&sort=create", ["scheduled", "running", "retrying", "due"]],
    ["state=finished", ["deleted", "exhausted", "discarded", "done"]],
    ["state=due,succeeded&sort=create", ["done", "due"]],
    ["sort=schedule", ["running", "due", "retrying", "scheduled"]],
    ["sort=-schedule", ["scheduled", "retrying", "due", "running"]],
    ["sort=-finish", ["deleted", "exhausted", "discarded", "done"]],
    ["queue=once", ["exhausted"]],
    [`queue=${queuePath(emulator, "stopped")}`, ["due"]],
    ["queue=none", []],
    ["definition=charge", ["exhausted", "discarded"]],
    ["definition=-", ["deleted", "due"]],
    ["definition=", all],
    ["status=2xx", ["discarded", "done"]],
    ["status=404", ["exhausted"]],
    ["status=5xx", ["deleted", "retrying"]],
    ["status=none", []],
    ["deadLetters=true", []],
    ["deadLetters=false&queue=once", ["exhausted"]],
    ["text=ORDER%20of%20D", ["deleted", "due", "discarded", "done"]],
    ["text=charge", ["exhausted", "discarded"]],
    ["text=tasks/ret", ["retrying"]],
    ["text=/503", ["retrying"]],
    ["text=hunter2", []],
    ["text=password", all],
    ["sort=schedule&from=2030-01-01T12:00:30Z", ["retrying", "scheduled"]],
    ["sort=schedule&to=2030-01-01T12:05:00Z", ["running", "due", "retrying"]],
    ["sort=-schedule&from=2030-01-01T12:01:00Z&to=2030-01-01T12:05:00Z", ["retrying"]],
    ["sort=create&from=2030-01-01T12:00:01Z", []],
    [`sort=create&to=${NOON}`, []],
    ["sort=finish&from=2030-01-01T12:00:01Z", []],
  ];
  for (const [query, ids] of lists) expect([query, await idsOf(emulator, query)]).toEqual([query, ids]);
});

test("the counts beside a page cover the queue and the definition, and no other filter", async () => {
  await using fixture = await everyState();
  const { body } = await get(fixture.emulator, "tasks?queue=mail&text=nothing&limit=1");
  const none = { scheduled: 0, due: 0, running: 0, retrying: 0, succeeded: 0, discarded: 0, exhausted: 0, deleted: 0 };
  const send = { ...none, scheduled: 1, running: 1, retrying: 1, succeeded: 1 };
  expect(body).toMatchObject({
    tasks: [],
    counts: {
      states: { ...send, discarded: 1, deleted: 1 },
      definitions: [
        { definition: "send", states: send },
        { definition: "charge", states: { ...none, discarded: 1 } },
        { states: { ...none, deleted: 1 } },
      ],
      statuses: { "2xx": 2, "3xx": 0, "4xx": 0, "5xx": 1, none: 0 },
      deadLetters: 0,
    },
  });
  const { body: filtered } = await get(fixture.emulator, "tasks?queue=mail&definition=charge");
  expect(filtered).toMatchObject({ counts: { states: { ...none, discarded: 1 } } });
});

test("a whole body of a megabyte can be read, and is masked", async () => {
  await using emulator = await createEmulator();
  const text = `{"token":"hunter2","text":"${"é".repeat(200_000)}","n":12345678901234567890}`;
  const httpRequest = { url: "http://127.0.0.1:9/", body: Buffer.from(text).toString("base64") };
  await createTask(emulator, { id: "t", delaySeconds: 60, httpRequest });
  const path = `tasks/${queuePath(emulator, "default")}/tasks/t`;
  const { body: cut } = await get(emulator, path);
  expect(cut).toMatchObject({ task: { request: { bodySize: Buffer.byteLength(text) } } });
  expect(JSON.stringify(cut).length).toBeLessThan(6_000);
  const { body: whole } = await get(emulator, `${path}?bodyBytes=1048576`);
  expect(whole).toMatchObject({ task: { request: { body: text.replace("hunter2", "***"), bodyEncoding: "text" } } });
});

test("an attempt has the claims of its OIDC token, and only those of Cloud Tasks", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator();
  const oidcToken = { serviceAccountEmail: "tasks@p.iam.gserviceaccount.com", audience: "https://api.example" };
  await createTask(emulator, { id: "own", httpRequest: { url: target.url, oidcToken } });
  const secret = Buffer.from('{"email":"a@b.c","card":"4111"}').toString("base64url");
  await createTask(emulator, {
    id: "other",
    httpRequest: { url: target.url, headers: { Authorization: `Bearer e30.${secret}.x` } },
  });
  await emulator.idle();
  const { body: own } = await get(emulator, "attempts?task=own");
  const claims = { aud: "https://api.example", email: "tasks@p.iam.gserviceaccount.com", iss: emulator.url };
  expect(own).toMatchObject({ attempts: [{ request: { tokenClaims: claims } }] });
  expect(JSON.stringify(own)).toMatch(/"Bearer \*\*\*"/);
  expect(JSON.stringify((await get(emulator, "attempts?task=other")).body)).not.toContain("4111");
});

test("attempts can be selected by definition, status, text, outcome and time", async () => {
  await using fixture = await everyState();
  const { emulator } = fixture;
  const lists: readonly (readonly [query: string, ids: readonly string[]])[] = [
    ["outcome=failed", ["deleted", "exhausted", "retrying"]],
    ["outcome=discarded", ["discarded"]],
    ["outcome=succeeded,exhausted", ["exhausted", "discarded", "done"]],
    ["definition=charge", ["exhausted", "discarded"]],
    ["status=5xx&queue=mail", ["deleted", "retrying"]],
    ["text=order%20of%20done", ["done"]],
    ["text=hunter2", []],
    ["from=2030-01-01T12:00:01Z", []],
  ];
  for (const [query, ids] of lists) {
    const { body } = await get(emulator, `attempts?${query}`);
    const found = (body.attempts as readonly Json[]).map(({ task }) => String(task).split("/tasks/")[1]);
    expect([query, found.sort()]).toEqual([query, [...ids].sort()]);
  }
});

const invalid = [
  ["sort=name", "sort: expected schedule, create or finish"],
  ["status=6xx", "status: expected a status such as 503"],
  ["from=yesterday", "from: expected a time"],
  ["deadLetters=yes", "deadLetters: expected true or false"],
  ["state=due,done", 'received "done"'],
] as const;

test.each(invalid)("GET /inspect/tasks?%s is answered 400: %s", async (query, message) => {
  await using emulator = await createEmulator();
  const { status, body } = await get(emulator, `tasks?${query}`);
  expect([status, body.error]).toEqual([400, expect.objectContaining({ message: expect.stringContaining(message) })]);
});

test("a cursor of another order is rejected", async () => {
  await using emulator = await createEmulator();
  for (const id of ["a", "b"]) await createTask(emulator, { id, delaySeconds: 60 });
  const { body } = await get(emulator, "tasks?limit=1&sort=create");
  const { status } = await get(emulator, `tasks?limit=1&sort=schedule&cursor=${body.nextCursor}`);
  expect(status).toBe(400);
});
