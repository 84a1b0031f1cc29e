import { resolve } from "node:path";
import { expect, test } from "vitest";
import type { Config } from "../src/config/config.ts";
import { optionsOf } from "./support/run-here.ts";

const defaults = {
  port: 8123,
  allowedHosts: [],
  project: "local-project",
  location: "us-central1",
  rewriteHosts: {},
  history: {},
  dataDir: resolve(".cloudtask"),
};

test.each([
  [[], {}],
  [["--port", "0"], { port: 0 }],
  [["--port", "1", "--port", "2"], { port: 2 }],
  [["--host", "0.0.0.0"], { host: "0.0.0.0" }],
  [["--host=::1"], { host: "::1" }],
  [["--allowed-host", "emulator", "--allowed-host", "tasks"], { allowedHosts: ["emulator", "tasks"] }],
  [["--data", "somewhere"], { dataDir: resolve("somewhere") }],
  [["--memory"], { dataDir: undefined }],
  [["--auto-create-queues"], { autoCreateQueues: true }],
  [["--throttling"], { throttling: true }],
  [["--history", "5"], { history: { attempts: 5 } }],
  [["--secret-name", "X-Mine", "--secret-name", "iban"], { secretNames: ["X-Mine", "iban"] }],
  [["--issuer", "http://emulator:8123"], { issuer: "http://emulator:8123" }],
  [["--task-cooldown", "10m"], { taskCooldown: "10m" }],
  [["--queue-cooldown", "0"], { queueCooldown: 0 }],
  [["--project", "p", "--location", "l"], { project: "p", location: "l" }],
  [["--queue", "a", "--queue", "b,rate=5"], { queues: { a: null, b: { rate: 5 } } }],
  [["--rewrite-host", "a=b", "--rewrite-host", "c=d:1"], { rewriteHosts: { a: "b", c: "d:1" } }],
  [["--target-ca", "ca.pem"], { targetCa: resolve("ca.pem") }],
  [["--allow-unverified-tls"], { allowUnverifiedTls: true }],
  [["--app-engine", "http://localhost:8080"], { appEngine: { default: "http://localhost:8080" } }],
  [
    ["--app-engine", "default=http://a", "--app-engine", "api=http://b"],
    { appEngine: { default: "http://a", api: "http://b" } },
  ],
])("cloudtask emulator %j means %j", async (args, expected) => {
  const { dataDir, ...options } = { ...defaults, ...expected };
  expect(await optionsOf(args)).toEqual({ ...options, ...(dataDir === undefined ? {} : { dataDir }) });
});

const file: Config = {
  options: {
    port: 9000,
    host: "::1",
    allowedHosts: ["emulator"],
    project: "p",
    dataDir: "/file",
    rewriteHosts: { a: "b" },
    appEngine: { api: "http://a" },
    history: { attempts: 1, bodyBytes: 2 },
    throttling: true,
    issuer: "http://file:1",
  },
  memory: false,
  queues: { a: { rate: 1, paused: true }, b: { routing: { service: "api" } } },
};
const inFile = { ...file.options, location: "us-central1" };
const ofFile = (name: string): string => `projects/p/locations/us-central1/queues/${name}`;

test.each([
  ["no options", [], {}],
  ["a port", ["--port", "1"], { port: 1 }],
  ["another allowed host", ["--allowed-host", "x"], { allowedHosts: ["emulator", "x"] }],
  ["an issuer", ["--issuer", "https://here"], { issuer: "https://here" }],
  ["a directory", ["--data", "/here"], { dataDir: "/here" }],
  ["the size of the history", ["--history", "9"], { history: { attempts: 9, bodyBytes: 2 } }],
  [
    "a changed and a new rewritten host",
    ["--rewrite-host", "a=x", "--rewrite-host", "c=d"],
    { rewriteHosts: { a: "x", c: "d" } },
  ],
  ["another service", ["--app-engine", "web=http://b"], { appEngine: { api: "http://a", web: "http://b" } }],
  [
    "a URL for all other services",
    ["--app-engine", "http://b"],
    { appEngine: { api: "http://a", default: "http://b" } },
  ],
])("the command line overrides the file: %s", async (_, args, expected) => {
  const { queues, ...options } = await optionsOf(args, file);
  expect(options).toEqual({ ...inFile, ...expected });
  expect(queues).toEqual(file.queues);
});

test("--memory overrides a directory in the file, and --data overrides memory in the file", async () => {
  expect(await optionsOf(["--memory"], file)).not.toHaveProperty("dataDir");
  expect((await optionsOf(["--data", "/x"], { options: {}, memory: true })).dataDir).toBe("/x");
  expect(await optionsOf([], { options: {}, memory: true })).not.toHaveProperty("dataDir");
});

test("a queue of the command line replaces the queue of that name in the file, with all its settings", async () => {
  const { queues } = await optionsOf(["--queue", `${ofFile("a")},rate=5`, "--queue", "c"], file);
  expect(queues).toEqual({ a: { rate: 5 }, b: { routing: { service: "api" } }, c: null });
});
