import { once } from "node:events";
import http from "node:http";
import { createEmulator, type EmulatorOptions, ManualClock, SystemClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { call, callAt, queuePath } from "../support/api.ts";

const invalid: readonly [options: object, message: string][] = [
  [{ prot: 1 }, "createEmulator: unknown option prot; known options: port, host, "],
  [{ port: 65_536 }, "createEmulator: port: expected an integer from 0 to 65535; received 65536"],
  [{ port: -1 }, "createEmulator: port: expected an integer from 0 to 65535; received -1"],
  [{ allowedHosts: ["http://emulator"] }, 'expected host names without scheme and port, such as "emulator"'],
  [{ allowedHosts: ["emulator:8123"] }, "createEmulator: allowedHosts: expected host names"],
  [{ allowedHosts: [""] }, "createEmulator: allowedHosts: expected host names"],
  [{ dataDir: "" }, "createEmulator: dataDir: expected the path of a directory; received an empty string"],
  [{ rewriteHosts: { localhost: "http://host" } }, "createEmulator: rewriteHosts: expected host names"],
  [{ rewriteHosts: { "": "host" } }, "createEmulator: rewriteHosts: expected host names"],
  [{ appEngine: "localhost:8080" }, "createEmulator: appEngine: expected a URL with http:// or https://"],
  [{ appEngine: { default: "/" } }, 'createEmulator: appEngine: expected a URL with http:// or https://; received "/"'],
  [{ issuer: "emulator" }, "createEmulator: issuer: expected a URL with http:// or https://"],
  [{ history: { attempts: -1 } }, "createEmulator: history: attempts: expected an integer of at least 0; received -1"],
  [{ history: { entries: 1 } }, "createEmulator: history: unknown option entries; known options: attempts, bodyBytes"],
  [{ taskCooldown: "1 hour" }, "createEmulator: taskCooldown: expected a duration"],
  [{ queues: ["a_b"] }, "createEmulator: queues.a_b: expected a queue id of 1 to 100 letters, digits and hyphens"],
  [{ queues: { "projects/p/queues/q": null } }, "createEmulator: queues.projects/p/queues/q: "],
  [{ queues: { q: { rat: 1 } } }, "createEmulator: queues.q.rat: unknown setting; did you mean rate?"],
  [{ queues: { q: { rate: 501 } } }, "createEmulator: queues.q.rate: expected dispatches per second of more than 0"],
  [
    { queues: { q: { burst: 501 } } },
    "createEmulator: queues.q.burst: expected an integer from 1 to 500, received 501",
  ],
  [{ queues: { q: { retry: { maxAttempts: 0 } } } }, "queues.q.retry.maxAttempts: must be a positive integer"],
  [{ queues: { q: { retry: { maxAttempts: 3e9 } } } }, "queues.q.retry.maxAttempts: must be a positive integer"],
  [
    { queues: { q: { retry: { maxBackoff: "3652501d" } } } },
    "queues.q.retry.maxBackoff: must be at most 315576000000s",
  ],
  [{ queues: { q: { deadLetter: "dead" } } }, 'queues.q.deadLetter: there is no queue "dead" in this description'],
];

const mistyped: readonly [option: string, value: unknown, expected: string][] = [
  ["queues", "default", "queues with their settings such as"],
  ["queues", [null], "queues with their settings such as"],
  ["queues", [{ name: "q" }], "queues with their settings such as"],
  ["host", 5, "a string"],
  ["project", null, "a string"],
  ["dataDir", {}, "a string"],
  ["issuer", 5, "a string"],
  ["clock", {}, "a clock with the methods now(), wakeAt() and turnTo()"],
  ["throttling", "false", "true or false"],
  ["autoCreateQueues", 1, "true or false"],
  ["history", 5, "an object such as"],
  ["history", null, "an object such as"],
  ["rewriteHosts", "x", "an object whose values are strings"],
  ["rewriteHosts", { localhost: 5 }, "an object whose values are strings"],
  ["appEngine", { default: null }, "a URL, or an object whose values are strings"],
  ["allowedHosts", "emulator", "an array of strings"],
  ["allowedHosts", [5], "an array of strings"],
];

test.each(mistyped)(
  "the option %s rejects %j, and the error states the expected type",
  async (name, value, expected) => {
    const error = await createEmulator({ [name]: value }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TypeError);
    expect((error as TypeError).message).toContain(`createEmulator: ${name}: expected ${expected}`);
  },
);

test("options that are not an object are rejected", async () => {
  await expect(createEmulator(null as unknown as EmulatorOptions)).rejects.toThrow("expected an object of options");
});

test.each(invalid)("createEmulator rejects the options %j", async (options, message) => {
  const error = await createEmulator(options as EmulatorOptions).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(TypeError);
  expect((error as TypeError).message).toContain(message);
});

test("GetQueue returns the settings of a queue's description", async () => {
  await using emulator = await createEmulator({
    project: "my-project",
    location: "europe-west1",
    queues: {
      q: {
        rate: 0.5,
        burst: 3,
        concurrency: 2,
        retry: { maxAttempts: -1, maxRetryDuration: "10m", minBackoff: 50, maxBackoff: "5s", maxDoublings: 3 },
      },
    },
  });
  const { body } = await call(emulator, "GET", queuePath(emulator, "q"));
  expect(body).toEqual({
    name: "projects/my-project/locations/europe-west1/queues/q",
    state: "RUNNING",
    rateLimits: { maxDispatchesPerSecond: 0.5, maxBurstSize: 3, maxConcurrentDispatches: 2 },
    retryConfig: { maxAttempts: -1, maxRetryDuration: "600s", minBackoff: "0.050s", maxBackoff: "5s", maxDoublings: 3 },
  });
});

test("with a task cooldown of 0 the name of a deleted task can be used at once", async () => {
  await using emulator = await createEmulator({ queues: ["q"], taskCooldown: 0 });
  const queue = queuePath(emulator, "q");
  const task = { name: `${queue}/tasks/t`, httpRequest: { url: "http://127.0.0.1:9/" } };
  const create = (): Promise<number> => call(emulator, "POST", `${queue}/tasks`, { task }).then(({ status }) => status);
  expect(await create()).toBe(200);
  await call(emulator, "DELETE", `${queue}/tasks/t`);
  expect(await create()).toBe(200);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])("a clock cannot be advanced to %s", (to) => {
  expect(() => new ManualClock().turnTo(to)).toThrow(TypeError);
  expect(() => new SystemClock().turnTo(to)).toThrow(TypeError);
});

test("a manual clock rejects an invalid start time and an invalid duration", () => {
  expect(() => new ManualClock("tomorrow")).toThrow(TypeError);
  expect(() => new ManualClock().advance("soon" as "1s")).toThrow(TypeError);
});

test("a queue can be created paused and with an App Engine routing", async () => {
  await using emulator = await createEmulator({ queues: { q: { paused: true, routing: { service: "api" } } } });
  const { body } = await call(emulator, "GET", queuePath(emulator, "q"));
  const host = "api.local-project.appspot.com";
  expect(body).toMatchObject({ state: "PAUSED", appEngineRoutingOverride: { service: "api", host } });
});

test("a queue's target, logging and TTL are those of the description, in the words of the API", async () => {
  const target = {
    ...{ scheme: "https", host: "api.example.com", port: 8443, path: "/run", query: "a=1", method: "PUT" },
    ...{ headers: { "X-Region": "eu" }, serviceAccount: "tasks@p.iam", audience: "https://api.example.com" },
  };
  const oauth = { serviceAccount: "tasks@p.iam", oauthScope: "https://www.googleapis.com/auth/cloud-platform" };
  await using emulator = await createEmulator({
    queues: { q: { target, logging: 0.25, taskTtl: "20d" }, token: { target: oauth, logging: 0 } },
  });
  const { body } = await callAt(emulator, "GET", `/v2beta3/${queuePath(emulator, "q")}`);
  expect(body).toMatchObject({
    taskTtl: "1728000s",
    stackdriverLoggingConfig: { samplingRatio: 0.25 },
    httpTarget: {
      uriOverride: {
        scheme: "HTTPS",
        host: "api.example.com",
        port: "8443",
        pathOverride: { path: "/run" },
        queryOverride: { queryParams: "a=1" },
      },
      httpMethod: "PUT",
      headerOverrides: [{ header: { key: "X-Region", value: "eu" } }],
      oidcToken: { serviceAccountEmail: "tasks@p.iam", audience: "https://api.example.com" },
    },
  });
  const other = await call(emulator, "GET", queuePath(emulator, "token"));
  expect(other.body).toMatchObject({
    httpTarget: { oauthToken: { serviceAccountEmail: "tasks@p.iam", scope: oauth.oauthScope } },
  });
  expect(other.body).not.toHaveProperty("stackdriverLoggingConfig");
});

test("a queue with shards is created as its numbered queues, also under a full name", async () => {
  const elsewhere = "projects/p/locations/l/queues/mail";
  await using emulator = await createEmulator({ queues: { mail: { shards: 2, rate: 5 }, [elsewhere]: { shards: 2 } } });
  expect(emulator.queues).toEqual([
    "projects/local-project/locations/us-central1/queues/mail-0",
    "projects/local-project/locations/us-central1/queues/mail-1",
    `${elsewhere}-0`,
    `${elsewhere}-1`,
  ]);
  const { body } = await call(emulator, "GET", queuePath(emulator, "mail-1"));
  expect(body).toMatchObject({ rateLimits: { maxDispatchesPerSecond: 5 } });
});

test("the discovery document names the issuer of the option `issuer`", async () => {
  await using emulator = await createEmulator({ issuer: "http://emulator:8123/" });
  const response = await fetch(`${emulator.url}/.well-known/openid-configuration`);
  expect(await response.json()).toMatchObject({
    issuer: "http://emulator:8123",
    jwks_uri: "http://emulator:8123/oidc/jwks",
  });
});

test("requests under the host name of the issuer are allowed", async () => {
  await using emulator = await createEmulator({ issuer: "http://emulator:8123" });
  const { port } = new URL(emulator.url);
  const request = http.get({ port, host: "127.0.0.1", path: "/oidc/jwks", headers: { Host: "emulator:8123" } });
  const [response] = await once(request, "response");
  expect(response.statusCode).toBe(200);
  response.resume();
});
