import { expect, test, vi } from "vitest";
import { cloudTaskHandler } from "../../src/adapters/hono.ts";
import { type ClientOptions, CloudTaskClient, createWorker } from "../../src/index.ts";
import { apiServer } from "../support/api-server.ts";
import { deliveryOf } from "../support/deliveries.ts";
import { failureOf } from "../support/failure.ts";
import { ACCOUNT, startGoogle } from "../support/issuer.ts";

const URL = "https://worker.test/tasks/run";
const SECRET = "s3cret-of-tests";

/** A client with one task, and the task's name as its worker's only definition. */
function clientWith(options: ClientOptions) {
  const client = new CloudTaskClient({ project: "p", location: "europe-west1", ...options });
  return { client, task: client.task("t", () => "ran") };
}

const missing: readonly (readonly [option: string, options: ClientOptions])[] = [
  ["url", { url: undefined }],
  ["url", { url: "" }],
  ["url", { url: () => undefined }],
  ["url", { url: () => "" }],
  ["secret", { url: URL, secret: "" }],
  ["secret", { url: URL, secret: () => "" }],
  ["secret", { url: URL, secret: [SECRET, ""] }],
  ["audience", { url: URL, audience: "", serviceAccount: ACCOUNT }],
  ["serviceAccount", { url: URL, serviceAccount: () => "" }],
  ["project", { url: URL, project: "" }],
  ["location", { url: URL, location: () => "" }],
];

test.each(missing)("a missing %s in %j is reported by the first push, not by the client", async (option, options) => {
  const api = await apiServer();
  const { task } = clientWith({ ...options, emulatorHost: api.host });
  const failure = await failureOf(task().push());
  expect(failure).toMatchObject({ code: "CONFIGURATION_MISSING" });
  expect((failure as Error).message).toContain(`CloudTaskClient: \`${option}\` is not set`);
  expect(api.requests).toHaveLength(0);
});

test.each<ClientOptions>([
  { url: URL, secret: "" },
  { url: URL, secret: () => "" },
  { url: undefined, serviceAccount: ACCOUNT },
  { url: URL },
  { url: URL, secret: undefined, serviceAccount: () => undefined },
])("an adapter without its credentials %j answers 500, logs the error and runs nothing", async (options) => {
  const error = vi.fn();
  const client = new CloudTaskClient({ ...options, logger: { warn: vi.fn(), error } });
  const ran = vi.fn();
  client.task("t", ran);
  const handler = cloudTaskHandler(client);
  const context = { req: { raw: deliveryOf({ task: "t" }) } } as Parameters<typeof handler>[0];
  const response = (await handler(context, async () => undefined)) as Response;
  expect([response.status, ran.mock.calls, error.mock.calls.length]).toEqual([500, [], 1]);
});

test("functions are called once, when a push needs them, and never while a module is loaded", async () => {
  const api = await apiServer();
  const read = {
    url: vi.fn(() => URL),
    secret: vi.fn(() => SECRET),
    serviceAccount: vi.fn(() => ACCOUNT),
    audience: vi.fn(() => "https://audience.test"),
    project: vi.fn(() => "from-function"),
    location: vi.fn(() => "europe-west4"),
  };
  const { task } = clientWith({ ...read, emulatorHost: api.host });
  const calls = (): number[] => Object.values(read).map((each) => each.mock.calls.length);
  expect(calls()).toEqual([0, 0, 0, 0, 0, 0]);
  const { name } = await task().push();
  await task().push();
  expect(calls()).toEqual([1, 1, 1, 1, 1, 1]);
  expect(name).toMatch(/^projects\/from-function\/locations\/europe-west4\//);
});

test("a value that was missing is read again, so a later push succeeds", async () => {
  const api = await apiServer();
  let url: string | undefined;
  const { task } = clientWith({ url: () => url, emulatorHost: api.host });
  await expect(task().push()).rejects.toMatchObject({ code: "CONFIGURATION_MISSING" });
  url = URL;
  await expect(task().push()).resolves.toMatchObject({ deduplicated: false });
});

test("a wrong value is an error at once if it is known, otherwise at the first push", async () => {
  expect(() => clientWith({ url: "worker.test" })).toThrow(TypeError);
  const { task } = clientWith({ url: () => "worker.test", emulatorHost: (await apiServer()).host });
  await expect(task().push()).rejects.toThrow(/`url` must be an absolute http\(s\) URL/);
});

test("a conflict with a service account from a function is reported by the push", async () => {
  const { host } = await apiServer();
  const late = { url: URL, serviceAccount: () => ACCOUNT, emulatorHost: host };
  await expect(
    clientWith({ ...late, headers: { Authorization: "x" } })
      .task()
      .push(),
  ).rejects.toThrow(/Authorization/);
  await expect(
    clientWith({ ...late, appEngine: {}, secret: SECRET })
      .task()
      .push(),
  ).rejects.toThrow(/appEngine/);
});

test("execute() and eager pushes in this process need no url", async () => {
  expect(await clientWith({ url: undefined }).task().execute()).toBe("ran");
  await expect(
    clientWith({ url: () => "", eager: "immediate" })
      .task()
      .push(),
  ).rejects.toMatchObject({
    code: "CONFIGURATION_MISSING",
  });
  await expect(clientWith({ url: undefined, eager: "immediate" }).task().push()).resolves.toBeDefined();
});

test("a definition can have an audience of its own, which its worker accepts", async () => {
  const google = await startGoogle();
  const client = new CloudTaskClient({ url: URL, serviceAccount: ACCOUNT });
  client.task("here", { url: "https://a.run.app/run", audience: "https://a.run.app", run: () => "ran" });
  client.declare("elsewhere", { url: "https://b.run.app/run", audience: "https://b.run.app" });
  const worker = createWorker(client);
  const statusFor = async (aud: string): Promise<number> => {
    const Authorization = `Bearer ${await google.sign({ aud })}`;
    return (await worker.fetch(deliveryOf({ task: "here" }, { Authorization }))).status;
  };
  expect(await statusFor("https://a.run.app")).toBe(200);
  expect(await statusFor(URL)).toBe(200);
  // The audience of a definition that another service handles would let that service's tokens in.
  expect(await statusFor("https://b.run.app")).toBe(403);
});

test("a push asks for a token with the audience of its definition, else of the client, else the url", async () => {
  const api = await apiServer();
  const requested = async (audience: string | undefined, definition: object): Promise<unknown> => {
    const client = new CloudTaskClient({ url: URL, audience, serviceAccount: ACCOUNT, emulatorHost: api.host });
    await client
      .task("t", { ...definition, run: () => undefined })()
      .push();
    return JSON.parse(api.requests.at(-1)?.text ?? "").task.httpRequest.oidcToken.audience;
  };
  expect(await requested(undefined, {})).toBe(URL);
  expect(await requested("https://client.test", {})).toBe("https://client.test");
  expect(await requested("https://client.test", { url: "https://d.test/", audience: "https://d.test" })).toBe(
    "https://d.test",
  );
  expect(await requested(undefined, { url: "https://d.test/" })).toBe(URL);
});
