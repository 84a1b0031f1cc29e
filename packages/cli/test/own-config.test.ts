import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig } from "../src/config/read-config.ts";
import { UsageError } from "../src/usage-error.ts";
import { type Folder, temporaryFolder } from "./support/folder.ts";

let folder: Folder;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

const FULL = `
# What a project commits.
port: 9000
host: 0.0.0.0
allowedHosts: [emulator]
project: my-project
location: europe-west1
queues:
  - default
  - &slow { name: slow, rate: 1, concurrency: 1, maxAttempts: 3, minBackoff: 1s, maxBackoff: 5m, maxDoublings: 4 }
  - { name: slower, rate: 30/m, burst: 1, maxRetryDuration: 1h, paused: true }
  - { name: app, routing: { service: api, version: v2, instance: i0 }, paused: false }
autoCreateQueues: true
taskCooldown: 10m
queueCooldown: 0
dataDir: state
rewriteHosts: { localhost: host.docker.internal }
appEngine: { default: "http://localhost:8080" }
throttling: true
history: { attempts: 5, bodyBytes: 0 }
issuer: http://emulator:9000
`;

test("a file has the options of createEmulator by their names; its paths start from where it is", async () => {
  const config = readConfig(await folder.write("cloudtask.yaml", FULL));
  expect(config).toEqual({
    memory: false,
    options: {
      port: 9000,
      host: "0.0.0.0",
      allowedHosts: ["emulator"],
      project: "my-project",
      location: "europe-west1",
      autoCreateQueues: true,
      taskCooldown: "10m",
      queueCooldown: 0,
      dataDir: join(folder.path, "state"),
      rewriteHosts: { localhost: "host.docker.internal" },
      appEngine: { default: "http://localhost:8080" },
      throttling: true,
      history: { attempts: 5, bodyBytes: 0 },
      issuer: "http://emulator:9000",
    },
    queues: [
      { name: "default" },
      {
        ...{ name: "slow", rate: 1, concurrency: 1, maxAttempts: 3 },
        ...{ minBackoff: "1s", maxBackoff: "5m", maxDoublings: 4 },
      },
      { name: "slower", rate: 0.5, burst: 1, maxRetryDuration: "1h", paused: true },
      { name: "app", routing: { service: "api", version: "v2", instance: "i0" }, paused: false },
    ],
  });
});

test.each([
  ["a.yaml", ""],
  ["b.yaml", "# nothing yet\n"],
  ["c.json", "{}"],
])("%s may say nothing", async (name, text) => {
  expect(readConfig(await folder.write(name, text))).toEqual({ memory: false, options: {} });
});

test("JSON is read, indented by tabs or not", async () => {
  const file = await folder.write("config.json", '{\n\t"memory": true,\n\t"queues": ["a",\n\t\t{"name": "b"}]\n}\n');
  expect(readConfig(file)).toEqual({ memory: true, options: {}, queues: [{ name: "a" }, { name: "b" }] });
});

const BOMB = ["a: &a [x,x,x,x,x,x,x,x,x]", ..."bcdefgh"]
  .map((line, index, all) => (index === 0 ? line : `${line}: &${line} [${Array(9).fill(`*${all[index - 1]?.[0]}`)}]`))
  .join("\n");

test.each([
  [
    "an unknown key",
    "port: 1\nprot: 2",
    /^FILE:2: prot: unknown key "prot"; did you mean port\? There are port, host,/,
  ],
  ["a key of Object", "toString: 1", /^FILE:1: toString: unknown key "toString"; there are port,/],
  ["a prototype", "__proto__: { port: 1 }", /^FILE:1: __proto__: unknown key/],
  [
    "an unknown key of a queue",
    "queues:\n- name: a\n  rte: 5",
    /^FILE:3: queues\[0\]\.rte: unknown key "rte"; did you mean rate\?/,
  ],
  ["a wrong type", 'port: "8123"', /^FILE:1: port: expected an integer from 0 to 65535; received "8123"$/],
  ["a value that is missing", "project:", /^FILE:1: project: expected a text; received nothing$/],
  ["a text for a list", "queues: default", /^FILE:1: queues: expected a list; received "default"$/],
  [
    "a number for a queue",
    "queues: [5]",
    /^FILE:1: queues\[0\]: expected a queue's name, or its settings; received 5$/,
  ],
  ["a queue without name", "queues:\n- rate: 5", /^FILE:2: queues\[0\]: a queue needs a name$/],
  ["a queue twice", "queues:\n- a\n- name: a", /^FILE:3: queues\[1\]: queue a is there twice$/],
  ["a rate of 0", "queues: [{ name: a, rate: 0 }]", /^FILE:1: queues\[0\]\.rate: expected a rate of more than 0/],
  ["a yes for true", "throttling: yes", /^FILE:1: throttling: expected true or false; received "yes"$/],
  ["a pause of yes", "queues: [{ name: a, paused: yes }]", /^FILE:1: queues\[0\]\.paused: expected true or false;/],
  [
    "a routing that is a text",
    "queues:\n- name: a\n  routing: api",
    /^FILE:3: queues\[0\]\.routing: expected a map of keys and values; received "api"$/,
  ],
  [
    "an unknown key of a routing",
    "queues:\n- name: a\n  routing:\n    servic: api",
    /^FILE:4: queues\[0\]\.routing\.servic: unknown key "servic"; did you mean service\?/,
  ],
  [
    "an issuer without a scheme",
    "port: 1\nissuer: emulator:8123",
    /^FILE:2: issuer: expected a URL with http:\/\/ or https:\/\/; received "emulator:8123"$/,
  ],
  ["no URL for App Engine tasks", "appEngine:\n  api: 1", /^FILE:2: appEngine\.api: expected a URL with http:\/\/ or/],
  ["no duration", "taskCooldown: soon", /^FILE:1: taskCooldown: expected a duration such as/],
  ["a host that is no text", "rewriteHosts:\n  a: 1", /^FILE:2: rewriteHosts\.a: expected a text; received 1$/],
  ["a nested unknown key", "history:\n  bodies: 1", /^FILE:2: history\.bodies: unknown key "bodies"/],
  [
    "memory and a directory",
    "dataDir: x\nmemory: true",
    /^FILE:2: memory: memory and dataDir exclude each other; leave one/,
  ],
  ["a list", "- a", /^FILE:1: expected a map of keys and values; received a list$/],
  ["a text", "hello", /^FILE:1: expected a map of keys and values; received "hello"$/],
  ["a key twice", "port: 1\nport: 2", /^FILE:2: this key is there twice; remove one of the two$/],
  ["two documents", "port: 1\n---\nport: 2", /^FILE:2: a second document begins; a configuration is one$/],
  ["no YAML", "queues: [a", /^FILE:1: Flow sequence/],
  ["an unknown tag", "port: !port 1", /^FILE:1: Unresolved tag/],
  ["aliases of aliases", BOMB, /^FILE: too many aliases of aliases; write out what they stand for$/],
  ["what is no text", new Uint8Array([0x80, 0x81]), /^--config FILE: not UTF-8$/],
  ["what is too large", " ".repeat(1_048_577), /^--config FILE: larger than 1 MiB, which no configuration is$/],
])("a file with %s is refused, with its line", async (_, text, message) => {
  const file = await folder.write("bad.yaml", text);
  const expected = new RegExp(message.source.replace("FILE", file.replace(/\W/g, "\\$&")));
  expect(() => readConfig(file)).toThrow(UsageError);
  expect(() => readConfig(file)).toThrow(expected);
});

test("a directory is no file", () => {
  expect(() => readConfig(folder.path)).toThrow(`--config ${folder.path}: this is a directory`);
});
