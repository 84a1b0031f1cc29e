import { afterEach, expect, test, vi } from "vitest";
import { apiServer, clientOf, taskAt } from "../../test/support/api-server.ts";
import { failureOf } from "../../test/support/failure.ts";
import { type ClientOptions, CloudTaskClient, LimitError } from "../index.ts";

const URL = "https://worker.test/tasks/run";
const make = (options: Record<string, unknown>) => () => new CloudTaskClient({ url: URL, ...options } as ClientOptions);

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each<[string, unknown, string]>([
  ["url", "/tasks/run", 'received "/tasks/run"'],
  ["url", "worker.test/tasks", 'received "worker.test/tasks"'],
  ["url", "ftp://worker.test/", 'received "ftp://worker.test/"'],
  ["url", 1, "received 1"],
  ["apiEndpoint", "cloudtasks.googleapis.com", "`apiEndpoint` must be an absolute http(s) URL"],
  ["project", "projects/p", 'received "projects/p"'],
  ["location", "europe west", '`location` must be an id such as "europe-west1", received "europe west"'],
  ["location", 1, "received 1"],
  ["queue", "my_queue", 'queue: "my_queue" is not a queue id'],
  ["queue", "", 'queue: "" is not a queue id'],
  ["forceToQueue", "a/b", 'forceToQueue: "a/b" is not a queue id: pass only the id'],
  ["serviceAccount", "tasks", "`serviceAccount` must be an e-mail address"],
  ["audience", 1, "`audience` must be a non-empty string, received 1"],
  ["secret", " ", "Check that its environment variable is set."],
  ["secret", [], "`secret` must be"],
  ["secret", null, "`secret` must be"],
  ["secret", 1, "`secret` must be"],
  ["secretHeader", "", "`secretHeader` must be a non-empty string"],
  ["secretHeader", "X Secret", 'secretHeader: the header "X Secret" is not valid HTTP'],
  ["secretHeader", "X-CloudTasks-Secret", "the header X-CloudTasks-Secret cannot be set; Cloud Tasks or"],
  ["eager", "local", '`eager` must be "immediate" or "remote", received "local"'],
  ["eager", true, "received true"],
  ["dispatchDeadline", "soon", "dispatchDeadline: expected a duration"],
  ["headers", new Headers(), "headers must be an object of strings"],
  ["headers", { Host: "x" }, "the header Host cannot be set"],
  ["idempotent", "yes", "idempotent must be true or false, received string"],
  ["timezone", "Berlin", 'timezone: "Berlin" is not an IANA time zone'],
  [
    "serializer",
    { stringify: String },
    "serializer must be an object with the methods stringify and parse; it has no p",
  ],
  ["serializer", JSON.stringify, "it has no stringify()"],
  ["emulatorHost", "", 'emulatorHost (or CLOUD_TASKS_EMULATOR_HOST) must be host:port such as "127.0.0.1:8123"'],
  ["emulatorHost", "local host:1", 'received "local host:1"'],
  ["emulatorHost", 8123, "received 8123"],
  ["token", "ya29.abc", "token must be a function, received string"],
  ["apiTimeout", 0, "`apiTimeout` must be longer than 0 and at most 24d, received 0"],
  ["apiTimeout", "30d", 'received "30d"'],
  ["apiTimeout", "ten", "apiTimeout: expected a duration"],
  ["apiRetry", 3, "`apiRetry` must be options such as"],
  ["apiRetry", { maxDelays: "1s" }, 'apiRetry: unknown option "maxDelays"; did you mean "maxDelay"?'],
  ["apiRetry", { totalTimeout: "ten" }, "apiRetry.totalTimeout: expected a duration"],
  ["transport", {}, "transport must be an object with the methods call and close; it has no call()"],
  ["logger", { warn: () => undefined }, "logger must be an object with the methods warn and error; it has no error()"],
  [
    "location",
    "europe-west1-b",
    '`location` must be a region such as "europe-west1", received the zone "europe-west1-b"',
  ],
  ["location", "us-central1-ai1a", 'received the zone "us-central1-ai1a"'],
  ["secret", "seven77", "`secret` must have at least 8 characters, because a shorter one can be guessed"],
  ["secret", ["long-enough", "seven77"], "`secret` must have at least 8 characters"],
  ["onError", "log", "onError must be a function, received string"],
  ["onDiscard", {}, "onDiscard must be a function, received object"],
])("%s: %j is rejected", (option, value, fragment) => {
  expect(make({ [option]: value })).toThrow(TypeError);
  expect(make({ [option]: value })).toThrow(fragment);
});

test.each(["Authorization", "authorization"])(
  "%s is rejected as the secret header beside a serviceAccount",
  (secretHeader) => {
    const secret = "s3cret-key";
    const create = make({ secret, secretHeader, serviceAccount: "tasks@p.iam.gserviceaccount.com" });
    expect(create).toThrow(TypeError);
    expect(create).toThrow(
      /replaces that header with its OIDC token, so the worker would answer every delivery with 403/,
    );
    expect(make({ secret, secretHeader })).not.toThrow();
  },
);

test.each([
  ["14s", "`dispatchDeadline` is 14s, 1s too short; Cloud Tasks accepts 15s to 30m"],
  ["31m", "`dispatchDeadline` is 31m, 1m too long"],
  [14_999, "`dispatchDeadline` is 14999ms, 1ms too short"],
  [0, "`dispatchDeadline` is 0ms, 15s too short"],
])("a dispatchDeadline of %s is out of range, and the message states the difference", (dispatchDeadline, message) => {
  expect(make({ dispatchDeadline })).toThrow(LimitError);
  expect(make({ dispatchDeadline })).toThrow(message);
});

test.each([
  ["sae", "serviceAccount"],
  ["timeout", "dispatchDeadline"],
  ["secret_header_name", "secretHeader"],
  ["force_to_queue", "forceToQueue"],
  ["base_url", "url"],
  ["service_account", "serviceAccount"],
  ["projectId", "project"],
  ["region", "location"],
  ["queu", "queue"],
  ["emulator_host", "emulatorHost"],
])("%s is rejected, and %s is suggested", (given, meant) => {
  expect(make({ [given]: "x" })).toThrow(
    new TypeError(`CloudTaskClient: unknown option "${given}"; did you mean "${meant}"?`),
  );
});

test("an option without a similar name is rejected with a list of all options", () => {
  expect(make({ colour: "red" })).toThrow(/unknown option "colour"; the options are agent, .*, url$/);
});

test.each([undefined, null, 1, "https://worker.test"])("%j is rejected as options", (options) => {
  expect(() => new CloudTaskClient(options as unknown as ClientOptions)).toThrow(TypeError);
});

test("an option that is undefined counts as missing", async () => {
  const api = await apiServer();
  const none = { queue: undefined, secret: undefined, headers: undefined, eager: undefined, audience: undefined };
  const more = { timezone: undefined, apiRetry: undefined, idempotent: undefined, dispatchDeadline: undefined };
  await clientOf(api, { ...none, ...more })
    .task("t", () => undefined)()
    .push();
  expect(api.requests[0]?.path).toBe("/v2/projects/p/locations/l/queues/default/tasks");
});

test("options are copied: later changes have no effect, and the client does not change them", async () => {
  const api = await apiServer();
  const options = {
    url: URL,
    project: "p",
    location: "l",
    emulatorHost: api.host,
    headers: { "X-Tenant": "acme" },
    secret: ["new-s3cret", "old-s3cret"],
  };
  const before = structuredClone(options);
  const client = clientOf(api, options);
  const definition = { queue: "high", headers: { "X-Own": "1" }, run: () => undefined };
  const task = client.task("t", definition);
  expect(options).toEqual(before);

  options.url = "https://elsewhere.test/";
  options.headers["X-Tenant"] = "changed";
  options.secret[0] = "changed";
  definition.queue = "changed";
  definition.headers["X-Own"] = "changed";
  await task().push(Object.freeze({ headers: Object.freeze({ "X-Push": "1" }) }));
  expect(api.requests[0]?.path).toContain("/queues/high/");
  expect(taskAt(api).httpRequest).toMatchObject({
    url: URL,
    headers: { "X-Tenant": "acme", "X-Own": "1", "X-Push": "1", "X-CloudTask-Secret": "new-s3cret" },
  });
});

const SECRET = "correct-horse-battery";

test.each<[string, Record<string, unknown>]>([
  ["is of the wrong form", { secret: `${SECRET} ` }],
  ["stands in a list beside a blank one", { secret: [SECRET, " "] }],
  ["stands beside an unknown option", { secret: SECRET, colour: "red" }],
  ["stands beside a wrong option", { secret: SECRET, queue: "my_queue" }],
])("a secret that %s is not part of the message", (_, options) => {
  expect(make(options)).toThrow(expect.not.objectContaining({ message: expect.stringContaining(SECRET) }));
  expect(make(options)).toThrow(TypeError);
});

test("the message of a failed push does not contain the secret", async () => {
  const api = await apiServer((outgoing, { text }) => outgoing.writeHead(400).end(text));
  const task = clientOf(api, { secret: SECRET }).task("t", (_: string) => undefined);
  const error = await failureOf(task("x").push());
  expect(error).toMatchObject({ code: "API_ERROR", httpStatus: 400 });
  expect(JSON.stringify([error, error.message, error.stack])).not.toContain(SECRET);
});

test.each(["apiEndpoint", "emulatorHost"])(
  "a password in %s is rejected, and the message does not contain it",
  (option) => {
    for (const scheme of ["https://", "no scheme://", ""]) {
      const create = make({ [option]: `${scheme}user:s3cret-key@host:1` });
      expect(create).toThrow(/must not contain a user name, a password or any other "@"/);
      expect(create).not.toThrow("s3cret-key");
    }
  },
);

test.each<[string, unknown]>([
  ["apiEndpoint", "https://api.test"],
  ["apiTimeout", "1s"],
  ["apiRetry", { totalTimeout: "1m" }],
  ["token", () => "t"],
])("%s is rejected beside a transport, which does not read it", (option, value) => {
  const transport = { call: async () => ({ body: {}, attempts: 1 }), close: async () => undefined };
  expect(make({ transport, [option]: value })).toThrow(`\`${option}\` and \`transport\` cannot be combined`);
  expect(make({ transport })).not.toThrow();
});

test("the header Authorization is rejected beside a serviceAccount, whose token would replace it", async () => {
  const serviceAccount = "tasks@p.iam.gserviceaccount.com";
  const headers = { authorization: "Basic x" };
  expect(make({ serviceAccount, headers })).toThrow("the header Authorization and serviceAccount cannot be combined");
  expect(make({ headers })).not.toThrow();
  const task = clientOf(undefined, { serviceAccount }).task("t", { headers, run: () => undefined });
  expect((await failureOf(task().push())).message).toContain(
    'pushing "t": the header Authorization and serviceAccount',
  );
});
