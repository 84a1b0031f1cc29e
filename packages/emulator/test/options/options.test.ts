import { once } from "node:events";
import http from "node:http";
import { createEmulator, type EmulatorOptions, ManualClock, SystemClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { call, queuePath } from "../support/api.ts";

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
  [{ queues: ["a_b"] }, 'createEmulator: queue "a_b": Queue ID "a_b" can contain only '],
  [
    { queues: [{ name: "q", ratio: 1 }] },
    'createEmulator: queue "q": unknown option ratio; known options: name, rate, ',
  ],
  [
    { queues: [{ name: "q", rate: 0 }] },
    'createEmulator: queue "q": rate: expected a number greater than 0; received 0',
  ],
  [{ queues: [{ name: "q", rate: Number.NaN }] }, 'queue "q": rate: expected a number greater than 0; received NaN'],
  [{ queues: [{ name: "q", rate: 501 }] }, 'createEmulator: queue "q": RateLimits.maxDispatchesPerSecond must be less'],
  [{ queues: [{ name: "q", burst: 501 }] }, 'queue "q": burst: expected an integer from 1 to 500; received 501'],
  [
    { queues: [{ name: "q", concurrency: 0 }] },
    'createEmulator: queue "q": concurrency: expected an integer of at least 1; received 0',
  ],
  [
    { queues: [{ name: "q", maxAttempts: 0 }] },
    'createEmulator: queue "q": maxAttempts: expected an integer of at least 1, or -1 for no limit; received 0',
  ],
  [
    { queues: [{ name: "q", maxDoublings: 1.5 }] },
    'createEmulator: queue "q": maxDoublings: expected an integer of at least 0; received 1.5',
  ],
  [{ queues: [{ name: "q", rate: 1e-310 }] }, "RateLimits.maxDispatchesPerSecond must be at least 0.000001"],
  [{ queues: [{ name: "q", rate: "5" }] }, 'queue "q": rate: expected a number greater than 0; received "5"'],
  [{ queues: [{ name: "q", maxAttempts: 3e9 }] }, "RetryConfig.maxAttempts must be an integer of at most 2147483647"],
  [{ queues: [{ name: "q", maxDoublings: 3e9 }] }, "RetryConfig.maxDoublings must be an integer of at most 2147483647"],
  [{ queues: [{ name: "q", maxBackoff: "3652501d" }] }, "RetryConfig.maxBackoff must be at most 315576000000s"],
  [{ queues: [{ name: "q", paused: "no" }] }, 'createEmulator: queue "q": paused: expected true or false'],
  [{ queues: [{ name: "q", routing: "api" }] }, 'createEmulator: queue "q": routing: expected an object'],
  [{ queues: [{ name: "q", minBackoff: "soon" }] }, 'createEmulator: queue "q": minBackoff: expected a duration'],
  [
    { queues: [{ name: "q", minBackoff: "2h" }] },
    'createEmulator: queue "q": RetryConfig.minBackoff must be less than or equal',
  ],
];

const mistyped: readonly [option: string, value: unknown, expected: string][] = [
  ["queues", "default", "an array of ids and configurations"],
  ["queues", [null], "an array of ids and configurations"],
  ["queues", [{ name: 5 }], "an array of ids and configurations"],
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

test("GetQueue returns the settings of a queue's configuration, zeros included", async () => {
  await using emulator = await createEmulator({
    project: "my-project",
    location: "europe-west1",
    queues: [
      {
        name: "q",
        rate: 0.5,
        burst: 3,
        concurrency: 2,
        maxAttempts: -1,
        maxRetryDuration: "10m",
        minBackoff: 50,
        maxBackoff: "5s",
        maxDoublings: 0,
      },
    ],
  });
  const { body } = await call(emulator, "GET", queuePath(emulator, "q"));
  expect(body).toEqual({
    name: "projects/my-project/locations/europe-west1/queues/q",
    state: "RUNNING",
    rateLimits: { maxDispatchesPerSecond: 0.5, maxBurstSize: 3, maxConcurrentDispatches: 2 },
    retryConfig: { maxAttempts: -1, maxRetryDuration: "600s", minBackoff: "0.050s", maxBackoff: "5s" },
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
  await using emulator = await createEmulator({ queues: [{ name: "q", paused: true, routing: { service: "api" } }] });
  const { body } = await call(emulator, "GET", queuePath(emulator, "q"));
  const host = "api.local-project.appspot.com";
  expect(body).toMatchObject({ state: "PAUSED", appEngineRoutingOverride: { service: "api", host } });
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
