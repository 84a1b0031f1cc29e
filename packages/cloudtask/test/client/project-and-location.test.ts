import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type ClientOptions, CloudTaskClient, type PushResult } from "../../src/index.ts";
import { type ApiServer, apiServer, closedPort, listen } from "../support/api-server.ts";
import { failureOf } from "../support/failure.ts";

const VARIABLES = [
  "CLOUD_TASKS_EMULATOR_HOST",
  "FUNCTION_REGION",
  "GCE_METADATA_HOST",
  "GCLOUD_PROJECT",
  "GOOGLE_CLOUD_LOCATION",
  "GOOGLE_CLOUD_PROJECT",
  "GOOGLE_CLOUD_REGION",
];

beforeEach(() => {
  for (const name of VARIABLES) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Pushes by a client without `project` and `location`, to an API that is not an emulator. */
async function pushTo(api: ApiServer, options: Partial<ClientOptions> = {}): Promise<PushResult> {
  const apiEndpoint = `http://${api.host}`;
  await using client = new CloudTaskClient({ url: "https://w.test/", apiEndpoint, token: () => "t", ...options });
  return await client
    .task("t", () => undefined)()
    .push();
}

const METADATA = {
  "/computeMetadata/v1/project/project-id": "metadata-project",
  "/computeMetadata/v1/instance/region": "projects/1/regions/europe-north1",
};

async function metadataServer(pages: Readonly<Record<string, string>>): Promise<string[]> {
  const asked: string[] = [];
  const host = await listen(({ url = "", headers }, outgoing) => {
    asked.push(`${url} ${headers["metadata-flavor"]}`);
    const page = pages[url];
    outgoing.writeHead(page === undefined ? 404 : 200, { "Metadata-Flavor": "Google" }).end(page);
  });
  vi.stubEnv("GCE_METADATA_HOST", host);
  return asked;
}

test.each([
  [{ GOOGLE_CLOUD_PROJECT: "a", GOOGLE_CLOUD_LOCATION: "l1" }, "projects/a/locations/l1/"],
  [{ GCLOUD_PROJECT: "b", GOOGLE_CLOUD_REGION: "l2" }, "projects/b/locations/l2/"],
  [{ GCLOUD_PROJECT: "b", FUNCTION_REGION: "l3" }, "projects/b/locations/l3/"],
  [
    { GOOGLE_CLOUD_PROJECT: "a", GCLOUD_PROJECT: "b", FUNCTION_REGION: "l3", GOOGLE_CLOUD_REGION: "l2" },
    "/a/locations/l2/",
  ],
  [{ GOOGLE_CLOUD_PROJECT: " ", GCLOUD_PROJECT: " b\n", GOOGLE_CLOUD_LOCATION: "l1" }, "projects/b/locations/l1/"],
])("the environment %j gives %s", async (variables, place) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const api = await apiServer();
  expect((await pushTo(api)).name).toContain(place);
  expect(api.requests[0]?.path).toContain(place);
});

test("the options override the environment", async () => {
  vi.stubEnv("GOOGLE_CLOUD_PROJECT", "a");
  vi.stubEnv("GOOGLE_CLOUD_LOCATION", "l1");
  const { name } = await pushTo(await apiServer(), { project: "own", location: "here" });
  expect(name).toContain("projects/own/locations/here/queues/default/");
});

test("the metadata server is asked for values missing in the environment, once for many pushes", async () => {
  const asked = await metadataServer(METADATA);
  const api = await apiServer();
  await using client = new CloudTaskClient({
    url: "https://w.test/",
    apiEndpoint: `http://${api.host}`,
    token: () => "t",
  });
  const task = client.task("t", () => undefined);
  const pushed = await Promise.all([task().push(), task().push()]);
  pushed.push(await task().push());
  expect(new Set(pushed.map(({ name }) => name.split("/queues/")[0]))).toEqual(
    new Set(["projects/metadata-project/locations/europe-north1"]),
  );
  expect(asked).toEqual(Object.keys(METADATA).map((path) => `${path} Google`));
});

test.each([
  ["project", { GOOGLE_CLOUD_LOCATION: "l1" }, "GOOGLE_CLOUD_PROJECT"],
  ["location", { GOOGLE_CLOUD_PROJECT: "a" }, "GOOGLE_CLOUD_LOCATION"],
])("without a %s, the message of the push states the remedy", async (what, variables, variable) => {
  vi.stubEnv("GCE_METADATA_HOST", await closedPort());
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const api = await apiServer();
  const error = await failureOf(pushTo(api));
  expect(error).toMatchObject({ code: "CONFIGURATION_MISSING" });
  expect(error.message).toBe(
    `the ${what} of the queues is unknown: set the client's \`${what}\` or the environment variable ${variable}; ` +
      "no metadata server answered with it",
  );
  expect(api.requests).toEqual([]);
});

test("after a failed lookup the next push asks the metadata server again", async () => {
  const pages: Record<string, string> = {};
  await metadataServer(pages);
  const api = await apiServer();
  await using client = new CloudTaskClient({
    url: "https://w.test/",
    apiEndpoint: `http://${api.host}`,
    token: () => "t",
  });
  const task = client.task("t", () => undefined);
  await expect(task().push()).rejects.toMatchObject({ code: "CONFIGURATION_MISSING" });
  Object.assign(pages, METADATA);
  expect((await task().push()).name).toContain("projects/metadata-project/locations/europe-north1/");
});

test("with an emulator, no values are needed, no metadata server is asked and no token is sent", async () => {
  const asked = await metadataServer(METADATA);
  const api = await apiServer();
  vi.stubEnv("CLOUD_TASKS_EMULATOR_HOST", api.host);
  await using client = new CloudTaskClient({ url: "https://w.test/" });
  const { name } = await client
    .task("t", () => undefined)()
    .push();
  expect(name).toContain("projects/local-project/locations/us-central1/queues/default/");
  expect(api.requests[0]?.headers.authorization).toBeUndefined();
  expect(asked).toEqual([]);
});

test.each(["", "http://"])("the emulator's address can be %shost:port", async (scheme) => {
  const api = await apiServer();
  await pushTo(api, { emulatorHost: scheme + api.host, apiEndpoint: undefined, token: undefined });
  expect(api.requests).toHaveLength(1);
});

test("in eager mode, no values are needed", async () => {
  const asked = await metadataServer(METADATA);
  await using client = new CloudTaskClient({ url: "https://w.test/", eager: "immediate" });
  const { name } = await client
    .task("t", () => undefined)()
    .push();
  expect(name).toContain("projects/local-project/locations/us-central1/queues/default/");
  expect(asked).toEqual([]);
});

test("the token of the option `token` authorizes the call", async () => {
  const api = await apiServer();
  const token = () => ({ token: "ya29.own", expiresAt: new Date(Date.now() + 3_600_000), quotaProject: "billed" });
  await pushTo(api, { project: "p", location: "l", token });
  expect(api.requests[0]?.headers).toMatchObject({ authorization: "Bearer ya29.own", "x-goog-user-project": "billed" });
});

test("the signal and time limit of a push apply while its project is looked up", async () => {
  vi.stubEnv("GCE_METADATA_HOST", await listen(() => undefined));
  const api = await apiServer();
  const controller = new AbortController();
  await using client = new CloudTaskClient({
    url: "https://w.test/",
    apiEndpoint: `http://${api.host}`,
    token: () => "t",
    apiRetry: { totalTimeout: 30 },
  });
  const task = client.task("t", () => undefined);
  const given = failureOf(task().push({ signal: controller.signal }));
  controller.abort("the user left");
  expect(await given).toMatchObject({ code: "ABORTED", cause: "the user left" });
  const late = await failureOf(task().push());
  expect(late).toMatchObject({ code: "CONFIGURATION_MISSING" });
  expect(late.message).toContain("no metadata server answered with project and location within 30ms");
  expect(api.requests).toEqual([]);
});
