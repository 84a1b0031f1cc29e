import { resolve } from "node:path";
import { expect, test } from "vitest";
import { flagsOf } from "../src/command-line/command-spec.ts";
import { misspelledVariables } from "../src/command-line/environment.ts";
import { variableOf } from "../src/command-line/flag.ts";
import { emulatorCommand } from "../src/emulator/emulator-command.ts";
import { optionsOf, runHere } from "./support/run-here.ts";
import { spawnCloudtask } from "./support/spawned.ts";

const noConfig = { options: {}, memory: false };
const queue = (name: string, project = "local-project"): string =>
  `projects/${project}/locations/us-central1/queues/${name}`;

test.each([
  [{ CLOUDTASK_PORT: "9000" }, { port: 9000 }],
  [{ CLOUDTASK_HOST: "0.0.0.0" }, { host: "0.0.0.0" }],
  [
    { CLOUDTASK_PROJECT: "p", CLOUDTASK_LOCATION: "l" },
    { project: "p", location: "l" },
  ],
  [{ CLOUDTASK_ALLOWED_HOST: "emulator, tasks" }, { allowedHosts: ["emulator", "tasks"] }],
  [{ CLOUDTASK_DATA: "somewhere" }, { dataDir: resolve("somewhere") }],
  [
    { CLOUDTASK_DATA: "", CLOUDTASK_PORT: " " },
    { dataDir: resolve(".cloudtask"), port: 8123 },
  ],
  [
    { CLOUDTASK_AUTO_CREATE_QUEUES: "yes", CLOUDTASK_THROTTLING: "1" },
    { autoCreateQueues: true, throttling: true },
  ],
  [
    { CLOUDTASK_TARGET_CA: "ca.pem", CLOUDTASK_ALLOW_UNVERIFIED_TLS: "true" },
    { targetCa: resolve("ca.pem"), allowUnverifiedTls: true },
  ],
  [{ CLOUDTASK_HISTORY: "5" }, { history: { attempts: 5 } }],
  [{ CLOUDTASK_SECRET_NAME: "X-Mine\niban" }, { secretNames: ["X-Mine", "iban"] }],
  [{ CLOUDTASK_ISSUER: "http://emulator:8123" }, { issuer: "http://emulator:8123" }],
  [
    { CLOUDTASK_TASK_COOLDOWN: "10m", CLOUDTASK_QUEUE_COOLDOWN: "0" },
    { taskCooldown: "10m", queueCooldown: 0 },
  ],
  [{ CLOUDTASK_REWRITE_HOST: "a=b,c=d:1" }, { rewriteHosts: { a: "b", c: "d:1" } }],
  [
    { CLOUDTASK_APP_ENGINE: "http://localhost:8080\napi=http://b" },
    { appEngine: { default: "http://localhost:8080", api: "http://b" } },
  ],
  [
    { CLOUDTASK_QUEUE: "default, mail,rate=5,max-attempts=3,slow" },
    { queues: { default: null, mail: { rate: 5, retry: { maxAttempts: 3 } }, slow: null } },
  ],
  [
    { CLOUDTASK_QUEUE: "\nmail,rate=5\nslow\n", CLOUDTASK_PROJECT: "p" },
    { project: "p", queues: { mail: { rate: 5 }, slow: null } },
  ],
])("the environment variables %j set %j", async (env, expected) => {
  expect(await optionsOf([], noConfig, env)).toMatchObject(expected);
});

test("every option except --help has a variable, which the help names", async () => {
  const { out } = await runHere("emulator", "--help");
  const names = flagsOf(emulatorCommand).map(({ name }) => name);
  expect(names.length).toBeGreaterThan(20);
  for (const name of names) expect(out).toContain(`[${variableOf({ name })}]`);
});

test.each([
  ["the command line overrides a variable", ["--port", "1"], { CLOUDTASK_PORT: "2" }, { port: 1 }],
  [
    "repeatable options of the command line replace those of the variable",
    ["--queue", "a"],
    { CLOUDTASK_QUEUE: "b,c" },
    { queues: { a: null } },
  ],
  ["--data overrides CLOUDTASK_MEMORY", ["--data", "/x"], { CLOUDTASK_MEMORY: "true" }, { dataDir: "/x" }],
])("%s", async (_, args, env, expected) => {
  expect(await optionsOf(args, noConfig, env)).toMatchObject(expected);
});

test("memory overrides a directory in a variable, and a variable overrides the file", async () => {
  expect(await optionsOf(["--memory"], noConfig, { CLOUDTASK_DATA: "/x" })).not.toHaveProperty("dataDir");
  expect(await optionsOf([], noConfig, { CLOUDTASK_MEMORY: "true", CLOUDTASK_DATA: "/x" })).not.toHaveProperty(
    "dataDir",
  );
  expect((await optionsOf([], noConfig, { CLOUDTASK_MEMORY: "false", CLOUDTASK_DATA: "/x" })).dataDir).toBe("/x");
  const file = { options: { port: 1, project: "file" }, memory: true };
  expect(await optionsOf([], file, { CLOUDTASK_DATA: "/x", CLOUDTASK_PORT: "2" })).toMatchObject({
    dataDir: "/x",
    port: 2,
    project: "file",
  });
});

test.each([
  [{ CLOUDTASK_PORT: "http" }, 'CLOUDTASK_PORT: expected an integer from 0 to 65535; received "http"'],
  [{ CLOUDTASK_MEMORY: "maybe" }, 'CLOUDTASK_MEMORY: expected true or false; received "maybe"'],
  [{ CLOUDTASK_QUEUE: "a,speed=5" }, 'CLOUDTASK_QUEUE a,speed=5: unknown key "speed". Valid keys: '],
  [{ CLOUDTASK_QUEUE: "a,b,a" }, "CLOUDTASK_QUEUE a: queue a is defined twice"],
  [{ CLOUDTASK_ISSUER: "x" }, "CLOUDTASK_ISSUER: expected a URL"],
  [{ CLOUDTASK_REWRITE_HOST: "x" }, "CLOUDTASK_REWRITE_HOST x: expected FROM=TO"],
  [{ CLOUDTASK_APP_ENGINE: "x" }, "CLOUDTASK_APP_ENGINE x: expected URL or SERVICE=URL"],
  [{ CLOUDTASK_TASK_COOLDOWN: "soon" }, "CLOUDTASK_TASK_COOLDOWN: expected a duration"],
])("an invalid variable is named in the message: %j", async (env, message) => {
  await expect(optionsOf([], noConfig, env)).rejects.toThrow(message);
});

test("a variable that resembles that of an option is noted, others are not", () => {
  const env = { CLOUDTASK_QUEUES: "a", CLOUDTASK_COLOR_OF_THE_SHED: "red", CLOUDTASK_PORT: "1", QUEUE: "x" };
  expect(misspelledVariables(flagsOf(emulatorCommand), env)).toEqual([
    "note: CLOUDTASK_QUEUES is not read, did you mean CLOUDTASK_QUEUE?",
  ]);
});

test("a container without arguments is configured by variables, and is called by the name of its host", async () => {
  await using emulator = spawnCloudtask(["emulator"], {
    CLOUDTASK_PORT: "0",
    CLOUDTASK_MEMORY: "true",
    CLOUDTASK_JSON: "true",
    CLOUDTASK_PROJECT: "ci",
    CLOUDTASK_QUEUE: "default,mail,rate=5",
    CLOUDTASK_ALLOWED_HOST: "emulator",
  });
  const [line] = await emulator.seen(/^.*\n/);
  const { url, queues } = JSON.parse(line);
  expect(queues).toEqual([queue("default", "ci"), queue("mail", "ci")]);
  const { port } = new URL(url);
  const statuses = ["emulator", "host.docker.internal", "elsewhere"].map(async (host) => {
    const { status } = await requestAs(`${host}:${port}`, url);
    return status;
  });
  expect(await Promise.all(statuses)).toEqual([200, 200, 403]);
});

/** Sends GET /inspect/emulator with a Host header, which fetch cannot set. */
async function requestAs(host: string, url: string): Promise<{ readonly status: number }> {
  const { get } = await import("node:http");
  return new Promise((resolvePromise, reject) => {
    get(`${url}/inspect/emulator`, { headers: { Host: host } }, (response) => {
      response.resume();
      resolvePromise({ status: response.statusCode ?? 0 });
    }).on("error", reject);
  });
}
