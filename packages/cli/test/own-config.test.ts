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
# The configuration of a project.
port: 9000
host: 0.0.0.0
allowedHosts: [emulator]
project: my-project
location: europe-west1
queues:
  default:
  slow:
    rate: 1
    concurrency: 1
    retry: { maxAttempts: 3, minBackoff: 1s, maxBackoff: 5m, maxDoublings: 4, maxRetryDuration: 1h }
    taskTtl: 20d
    logging: 0.5
    deadLetter: slower
    target: { host: api.example.com, method: PUT, headers: { X-A: b }, serviceAccount: tasks@p.iam }
  slower: { rate: 30/m, burst: 1, paused: true }
  app: { routing: { service: api, version: v2, instance: i0 }, paused: false }
  projects/p/locations/l/queues/elsewhere: { shards: 3 }
autoCreateQueues: true
taskCooldown: 10m
queueCooldown: 0
dataDir: state
targetCa: ca.pem
allowUnverifiedTls: true
rewriteHosts: { localhost: host.docker.internal }
appEngine: { default: "http://localhost:8080" }
throttling: true
history: { attempts: 5, bodyBytes: 0 }
issuer: http://emulator:9000
`;

test("a file has the options of createEmulator; its paths are relative to the file", async () => {
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
      targetCa: join(folder.path, "ca.pem"),
      allowUnverifiedTls: true,
      rewriteHosts: { localhost: "host.docker.internal" },
      appEngine: { default: "http://localhost:8080" },
      throttling: true,
      history: { attempts: 5, bodyBytes: 0 },
      issuer: "http://emulator:9000",
    },
    queues: {
      default: null,
      slow: {
        rate: 1,
        concurrency: 1,
        retry: { maxAttempts: 3, minBackoff: "1s", maxBackoff: "5m", maxDoublings: 4, maxRetryDuration: "1h" },
        taskTtl: "20d",
        logging: 0.5,
        deadLetter: "slower",
        target: { host: "api.example.com", method: "PUT", headers: { "X-A": "b" }, serviceAccount: "tasks@p.iam" },
      },
      slower: { rate: "30/m", burst: 1, paused: true },
      app: { routing: { service: "api", version: "v2", instance: "i0" }, paused: false },
      "projects/p/locations/l/queues/elsewhere": { shards: 3 },
    },
  });
});

test.each([
  ["a.yaml", ""],
  ["b.yaml", "# nothing yet\n"],
  ["c.json", "{}"],
])("%s may be empty", async (name, text) => {
  expect(readConfig(await folder.write(name, text))).toEqual({ memory: false, options: {} });
});

test("JSON is read, also with tabs", async () => {
  const file = await folder.write(
    "config.json",
    '{\n\t"memory": true,\n\t"queues": {"a": null,\n\t\t"b": {"rate": 5}}\n}\n',
  );
  expect(readConfig(file)).toEqual({ memory: true, options: {}, queues: { a: null, b: { rate: 5 } } });
});

const BOMB = ["a: &a [x,x,x,x,x,x,x,x,x]", ..."bcdefgh"]
  .map((line, index, all) => (index === 0 ? line : `${line}: &${line} [${Array(9).fill(`*${all[index - 1]?.[0]}`)}]`))
  .join("\n");

test.each([
  [
    "an unknown key",
    "port: 1\nprot: 2",
    /^FILE:2: prot: unknown key "prot", did you mean port\? Valid keys: port, host,/,
  ],
  ["a key of Object", "toString: 1", /^FILE:1: toString: unknown key "toString"\. Valid keys: port,/],
  ["a prototype", "__proto__: { port: 1 }", /^FILE:1: __proto__: unknown key/],
  [
    "an unknown setting of a queue",
    "queues:\n  a:\n    rte: 5",
    /^FILE:3: queues\.a\.rte: unknown setting; did you mean rate\?$/,
  ],
  [
    "an unknown setting of retries",
    "queues:\n  a:\n    retry:\n      minBackof: 5s",
    /^FILE:4: queues\.a\.retry\.minBackof: unknown setting; did you mean minBackoff\?$/,
  ],
  ["a wrong type", 'port: "8123"', /^FILE:1: port: expected an integer from 0 to 65535; received "8123"$/],
  ["a missing value", "project:", /^FILE:1: project: expected a string; received nothing$/],
  ["a string for the queues", "queues: default", /^FILE:1: queues: expected a map of settings, received "default"$/],
  [
    "a list for the queues",
    "queues:\n- name: a",
    /^FILE:2: queues: expected a map of queues and their settings, such as .*, received a list$/,
  ],
  ["a number for a queue", "queues: { a: 5 }", /^FILE:1: queues\.a: expected a map of settings, received 5$/],
  ["an invalid name of a queue", "queues:\n  a_b:", /^FILE:2: queues\.a_b: expected a queue id of 1 to 100 letters/],
  ["a queue twice", "queues:\n  a: {}\n  a: {}", /^FILE:3: duplicate key; remove one of them$/],
  [
    "a rate of 0",
    "queues: { a: { rate: 0 } }",
    /^FILE:1: queues\.a\.rate: expected dispatches per second of more than 0/,
  ],
  [
    "a missing queue of dead letters",
    "queues:\n  a:\n    deadLetter: ded\n  dead:\n    paused: true",
    /^FILE:3: queues\.a\.deadLetter: there is no queue "ded" in this description; did you mean "dead"\?$/,
  ],
  ["yes for true", "throttling: yes", /^FILE:1: throttling: expected true or false; received "yes"$/],
  [
    "yes for paused",
    "queues: { a: { paused: yes } }",
    /^FILE:1: queues\.a\.paused: expected true or false, received "yes"$/,
  ],
  [
    "a string for a routing",
    "queues:\n  a:\n    routing: api",
    /^FILE:3: queues\.a\.routing: expected a map of settings, received "api"$/,
  ],
  [
    "an unknown key of a routing",
    "queues:\n  a:\n    routing:\n      servic: api",
    /^FILE:4: queues\.a\.routing\.servic: unknown setting; did you mean service\?/,
  ],
  [
    "an issuer without a scheme",
    "port: 1\nissuer: emulator:8123",
    /^FILE:2: issuer: expected a URL with http:\/\/ or https:\/\/; received "emulator:8123"$/,
  ],
  [
    "an invalid URL for App Engine tasks",
    "appEngine:\n  api: 1",
    /^FILE:2: appEngine\.api: expected a URL with http:\/\/ or/,
  ],
  ["an invalid duration", "taskCooldown: soon", /^FILE:1: taskCooldown: expected a duration such as/],
  ["a number for a host", "rewriteHosts:\n  a: 1", /^FILE:2: rewriteHosts\.a: expected a string; received 1$/],
  ["a nested unknown key", "history:\n  bodies: 1", /^FILE:2: history\.bodies: unknown key "bodies"/],
  [
    "memory and a directory",
    "dataDir: x\nmemory: true",
    /^FILE:2: memory: memory and dataDir cannot be used together; remove one/,
  ],
  ["a list", "- a", /^FILE:1: expected a map of keys and values; received a list$/],
  ["a string", "hello", /^FILE:1: expected a map of keys and values; received "hello"$/],
  ["a key twice", "port: 1\nport: 2", /^FILE:2: duplicate key; remove one of them$/],
  ["two documents", "port: 1\n---\nport: 2", /^FILE:2: a second document starts here; a configuration has only one$/],
  ["invalid YAML", "queues: [a", /^FILE:1: Flow sequence/],
  ["an unknown tag", "port: !port 1", /^FILE:1: Unresolved tag/],
  ["nested aliases", BOMB, /^FILE: too many nested aliases; write their values instead$/],
  ["bytes that are not text", new Uint8Array([0x80, 0x81]), /^--config FILE: the file is not UTF-8$/],
  ["more than 1 MiB", " ".repeat(1_048_577), /^--config FILE: the file is larger than 1 MiB$/],
])("a file with %s is rejected with the line", async (_, text, message) => {
  const file = await folder.write("bad.yaml", text);
  const expected = new RegExp(message.source.replace("FILE", file.replace(/\W/g, "\\$&")));
  expect(() => readConfig(file)).toThrow(UsageError);
  expect(() => readConfig(file)).toThrow(expected);
});

test("a directory is rejected", () => {
  expect(() => readConfig(folder.path)).toThrow(`--config ${folder.path}: this is a directory, not a file`);
});
