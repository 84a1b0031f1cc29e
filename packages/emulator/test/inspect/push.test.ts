import { createEmulator, type Emulator, ManualClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { restoreMasked } from "../../src/inspect/control/push/restore-masked.ts";
import { createTask, listTasks, queuePath } from "../support/api.ts";
import { dataDir } from "../support/data-dir.ts";
import { control, get, type InspectAnswer, type Json } from "../support/inspect.ts";
import { startTarget } from "../support/target.ts";

const NOON = Date.parse("2030-01-01T12:00:00Z");

function push(emulator: Emulator, body: Json): Promise<InspectAnswer> {
  return control(emulator, "POST", "push", body);
}

function taskPath(emulator: Emulator, id: string, queue = "default"): string {
  return `${queuePath(emulator, queue)}/tasks/${id}`;
}

const secretRequest = {
  headers: { "X-CloudTask-Secret": "hunter2", "X-Plain": "1", "CloudTask-Name": "send" },
  body: Buffer.from('{"user":1,"password":"hunter2","n":12345678901234567890}').toString("base64"),
};

test("a copy of a task has its secrets, its queue and its token, and the task stays", async () => {
  await using target = await startTarget(200);
  const clock = new ManualClock(NOON);
  await using emulator = await createEmulator({ clock });
  const oidcToken = { serviceAccountEmail: "a@p.iam.gserviceaccount.com", audience: "https://api.example" };
  const httpRequest = { ...secretRequest, url: `${target.url}?token=abc`, oidcToken, httpMethod: "PUT" };
  await createTask(emulator, { id: "t", delaySeconds: 60, now: NOON, httpRequest });
  const { status, body } = await push(emulator, { from: taskPath(emulator, "t") });
  expect([status, body.name]).toEqual([200, expect.stringMatching(/\/tasks\/\d+$/)]);
  await emulator.idle();
  expect(target.received).toMatchObject([
    {
      method: "PUT",
      path: "/run?token=abc",
      headers: { "x-cloudtask-secret": "hunter2", "x-plain": "1", authorization: expect.stringMatching(/^Bearer ey/) },
      body: '{"user":1,"password":"hunter2","n":12345678901234567890}',
    },
  ]);
  expect((await listTasks(emulator)).map(({ name }) => name)).toEqual([taskPath(emulator, "t")]);
});

test("an edited copy keeps the secrets that the page shows as ***, and replaces the task", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ clock: new ManualClock(NOON), queues: ["default", "other"] });
  await createTask(emulator, {
    id: "t",
    delaySeconds: 60,
    now: NOON,
    httpRequest: { ...secretRequest, url: `${target.url}?token=abc` },
  });
  const { body: shown } = await get(emulator, `tasks/${taskPath(emulator, "t")}`);
  const { url, headers, body } = (shown.task as Json).request as {
    url: string;
    headers: [string, string][];
    body: string;
  };
  expect(JSON.stringify(shown)).not.toContain("hunter2");
  const edited = {
    from: taskPath(emulator, "t"),
    delete: true,
    queue: queuePath(emulator, "other"),
    id: "edited",
    url: url.replace("?", "?page=2&"),
    headers: Object.fromEntries(headers.filter(([name]) => name !== "X-Plain")),
    body: body.replace('"user":1', '"user": 2,\n "note":"ü😀"'),
  };
  expect((await push(emulator, edited)).body).toEqual({ name: taskPath(emulator, "edited", "other") });
  await emulator.idle();
  const [received] = target.received;
  expect(received).toMatchObject({
    path: "/run?page=2&token=abc",
    headers: { "x-cloudtask-secret": "hunter2" },
    body: '{"user": 2,\n "note":"ü😀","password":"hunter2","n":12345678901234567890}',
  });
  expect(received?.headers).not.toHaveProperty("x-plain");
  expect(await listTasks(emulator)).toEqual([]);
});

test("a schedule time, a deadline, a method and a binary body can be set", async () => {
  await using emulator = await createEmulator({ clock: new ManualClock(NOON) });
  await createTask(emulator, { id: "t", delaySeconds: 60, now: NOON });
  const changes = {
    id: "new",
    scheduleTime: "2030-01-01T13:00:00Z",
    dispatchDeadlineMs: 20_000,
    method: "PATCH",
    bodyBase64: Buffer.from([0, 255]).toString("base64"),
  };
  await push(emulator, { from: taskPath(emulator, "t"), ...changes });
  const { body } = await get(emulator, `tasks/${taskPath(emulator, "new")}`);
  expect(body.task).toMatchObject({
    scheduleTime: "2030-01-01T13:00:00Z",
    dispatchDeadlineMs: 20_000,
    request: { method: "PATCH", body: "AP8=", bodyEncoding: "base64" },
  });
});

test("a finished task is pushed again from the history, with a new token", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ clock: new ManualClock(NOON) });
  const oidcToken = { serviceAccountEmail: "a@p.iam.gserviceaccount.com", audience: "https://api.example" };
  const body = Buffer.from('{"user":1}').toString("base64");
  await createTask(emulator, { id: "t", httpRequest: { url: target.url, headers: { "X-A": "1" }, body, oidcToken } });
  await emulator.idle();
  expect((await push(emulator, { from: taskPath(emulator, "t") })).status).toBe(200);
  await emulator.idle();
  expect(target.received).toHaveLength(2);
  expect(target.received[1]).toMatchObject({
    headers: { "x-a": "1", authorization: expect.stringMatching(/^Bearer ey/) },
    body: '{"user":1}',
  });
  expect(target.received[1]?.headers["x-cloudtasks-taskname"]).not.toBe("t");
});

test("a finished task is copied with its secrets, also if it is edited", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ clock: new ManualClock(NOON) });
  const headers = { ...secretRequest.headers, Authorization: "Bearer a.of-the-creator.b" };
  const httpRequest = { ...secretRequest, headers, url: `${target.url}?token=abc` };
  await createTask(emulator, { id: "t", httpRequest });
  await emulator.idle();
  const from = taskPath(emulator, "t");
  expect((await push(emulator, { from })).status).toBe(200);
  const { body: shown } = await get(emulator, `tasks/${from}`);
  const { body } = (shown.task as Json).request as { body: string };
  expect((await push(emulator, { from, body: body.replace('"user":1', '"user":2') })).status).toBe(200);
  await emulator.idle();
  const secrets = { "x-cloudtask-secret": "hunter2", authorization: headers.Authorization };
  expect(target.received.slice(1)).toMatchObject([
    { path: "/run?token=abc", headers: secrets, body: '{"user":1,"password":"hunter2","n":12345678901234567890}' },
    { path: "/run?token=abc", headers: secrets, body: '{"user":2,"password":"hunter2","n":12345678901234567890}' },
  ]);
});

test("a copy of a finished task has its retry settings and its deadline", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ clock: new ManualClock(NOON) });
  const retryConfig = { maxAttempts: 7, maxRetryDuration: "60s", minBackoff: "2s", maxBackoff: "8s", maxDoublings: 3 };
  const parent = queuePath(emulator, "default");
  for (const [id, settings] of [
    ["own", { retryConfig, dispatchDeadline: "20s" }],
    ["none", {}],
  ] as const) {
    const task = { name: `${parent}/tasks/${id}`, httpRequest: { url: target.url }, ...settings };
    await fetch(`${emulator.url}/v2/${parent}/tasks`, { method: "POST", body: JSON.stringify({ task }) });
  }
  await emulator.idle();
  const settingsOf = async (name: unknown): Promise<Json> => {
    const { retry, dispatchDeadlineMs } = (await get(emulator, `tasks/${name}`)).body.task as Json;
    return { retry, dispatchDeadlineMs };
  };
  await fetch(`${emulator.url}/v2/${parent}:pause`, { method: "POST" });
  expect(await settingsOf((await push(emulator, { from: taskPath(emulator, "own") })).body.name)).toEqual({
    retry: { maxAttempts: 7, maxRetryDurationMs: 60_000, minBackoffMs: 2_000, maxBackoffMs: 8_000, maxDoublings: 3 },
    dispatchDeadlineMs: 20_000,
  });
  expect(await settingsOf((await push(emulator, { from: taskPath(emulator, "none") })).body.name)).toEqual({
    retry: undefined,
    dispatchDeadlineMs: 600_000,
  });
});

test("a finished task with an access token of the emulator is not copied, because the token has neither account nor scope", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ clock: new ManualClock(NOON) });
  const { hostname: host, port } = new URL(target.url);
  const httpTarget = { uriOverride: { scheme: "HTTP", host, port } };
  const oauthToken = { serviceAccountEmail: "a@p.iam.gserviceaccount.com" };
  const path = `${queuePath(emulator, "default")}?updateMask=httpTarget`;
  const init = { method: "PATCH", body: JSON.stringify({ httpTarget }) };
  expect((await fetch(`${emulator.url}/v2beta3/${path}`, init)).status).toBe(200);
  await createTask(emulator, { id: "t", httpRequest: { url: "https://storage.googleapis.com/", oauthToken } });
  await emulator.idle();
  expect(target.received).toMatchObject([{ headers: { authorization: expect.stringContaining("ya29.") } }]);
  const { status, body } = await push(emulator, { from: taskPath(emulator, "t") });
  const message = expect.stringContaining("headers: Authorization: the history keeps ***");
  expect([status, body.error]).toEqual([400, expect.objectContaining({ message })]);
});

test("a token that the creator of a task chose is copied, or missing after a restart, but never replaced", async () => {
  await using target = await startTarget(200);
  const options = { clock: new ManualClock(NOON), dataDir: dataDir() };
  const first = await createEmulator(options);
  const headers = { Authorization: `Bearer a.${foreignClaims()}.b` };
  await createTask(first, { id: "t", httpRequest: { url: target.url, headers } });
  await first.idle();
  expect((await push(first, { from: taskPath(first, "t") })).status).toBe(200);
  await first.idle();
  expect(target.received.map(({ headers: { authorization } }) => authorization)).toEqual([
    headers.Authorization,
    headers.Authorization,
  ]);
  await first.close();
  await using second = await createEmulator(options);
  const { status, body } = await push(second, { from: taskPath(second, "t") });
  const message = expect.stringContaining("headers: Authorization: the history keeps ***");
  expect([status, body.error]).toEqual([400, expect.objectContaining({ message })]);
});

function foreignClaims(): string {
  const claims = { iss: "https://issuer.example", sub: "1", aud: "a", email: "a@p.iam.gserviceaccount.com" };
  return Buffer.from(JSON.stringify(claims)).toString("base64url");
}

test("a finished task whose secrets are gone is pushed again only with new values", async () => {
  await using target = await startTarget(200);
  const options = { clock: new ManualClock(NOON), history: { bodyBytes: 100 }, dataDir: dataDir() };
  const first = await createEmulator(options);
  const long = Buffer.from("x".repeat(200)).toString("base64");
  await createTask(first, { id: "secret", httpRequest: { ...secretRequest, url: target.url } });
  await createTask(first, { id: "long", httpRequest: { url: target.url, body: long } });
  await first.idle();
  await first.close();
  await using emulator = await createEmulator(options);
  const from = taskPath(emulator, "secret");
  const headers = { "X-CloudTask-Secret": "new", "X-Plain": "1" };
  const rejected = [
    [{ from, body: "{}" }, "headers: X-CloudTask-Secret: the history keeps *** instead of a secret"],
    [{ from, headers }, "body: the history keeps *** instead of a secret"],
    [{ from: taskPath(emulator, "long") }, "body: the history has only its beginning"],
  ] as const;
  for (const [body, message] of rejected) {
    const { status, body: answer } = await push(emulator, body);
    expect([status, answer.error]).toEqual([
      400,
      expect.objectContaining({ status: "FAILED_PRECONDITION", message: expect.stringContaining(message) }),
    ]);
  }
  expect((await push(emulator, { from, headers, body: '{"password":"new"}' })).status).toBe(200);
  await emulator.idle();
  expect(target.received.at(-1)).toMatchObject({
    headers: { "x-cloudtask-secret": "new" },
    body: '{"password":"new"}',
  });
});

const invalid = [
  [{}, 400, "from: expected the full name of a task"],
  [{ from: "x" }, 404, 'from: the task to copy no longer exists, and the history has no attempt of it: "x"'],
  [{ from: "t", url: 1 }, 400, "url: expected a string"],
  [{ from: "t", headers: { a: 1 } }, 400, "headers: expected an object of strings"],
  [{ from: "t", headers: [] }, 400, "headers: expected an object of strings"],
  [{ from: "t", scheduleTime: "soon" }, 400, "scheduleTime: expected a time"],
  [{ from: "t", dispatchDeadlineMs: "1s" }, 400, "dispatchDeadlineMs: expected milliseconds"],
  [{ from: "t", delete: "yes" }, 400, "delete: expected true or false"],
  [{ from: "t", body: "a", bodyBase64: "YQ==" }, 400, "only one of them is allowed"],
  [{ from: "t", body: "*** *** ***" }, 400, "body: the number of masked values (***) changed"],
  [{ from: "t", url: "ftp://x" }, 400, "must start with 'http://' or 'https://'"],
  [{ from: "t", queue: "projects/p/locations/l/queues/q" }, 404, "Queue does not exist"],
  [{ from: "t", id: "t" }, 409, "already exists"],
  [{ from: "t", name: "x" }, 400, "name is not a field of this request"],
] as const;

test.each(invalid)("a push of %j is answered %i: %s, and changes nothing", async (body, status, message) => {
  await using emulator = await createEmulator();
  await createTask(emulator, {
    id: "t",
    delaySeconds: 60,
    httpRequest: { ...secretRequest, url: "http://127.0.0.1:9/" },
  });
  const from = "from" in body && body.from === "t" ? { from: taskPath(emulator, "t") } : {};
  const answer = await push(emulator, { delete: true, ...body, ...from });
  expect([answer.status, answer.body.error]).toEqual([
    status,
    expect.objectContaining({ message: expect.stringContaining(message) }),
  ]);
  expect(await listTasks(emulator)).toHaveLength(1);
});

test.each([
  ["a=1&b=2", "a=***&b=***", "b=***&a=***", "b=1&a=2"],
  ["a=1", "a=***", "a=***", "a=1"],
  ["a=1", "a=***", "a=2", "a=2"],
  ["a=1", "a=***", "a=***&a=***", undefined],
  ["plain", "plain", "*** is text", "*** is text"],
  ['{"a":"x","b":"***"}', '{"a":"***","b":"***"}', '{"b":"***","a":"***"}', '{"b":"x","a":"***"}'],
  ["abc", "***", "x***y", "xabcy"],
  ["abc", "a***c", "***", "b"],
  ["other", "a***c", "***x", undefined],
])("%j, shown as %j and edited to %j, becomes %j", (original, masked, edited, expected) => {
  expect(restoreMasked(original, masked, edited)).toBe(expected);
});
