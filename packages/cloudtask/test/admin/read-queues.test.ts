import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createEmulator } from "@cloudtask/emulator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createAdmin, readQueues } from "../../src/admin/admin.ts";
import { readQueuesWith } from "../../src/admin/queues/read-queues.ts";
import { CloudTaskClient } from "../../src/index.ts";
import { failureOf } from "../support/failure.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cloudtask-queues-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, text: string | Uint8Array): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

const YAML = `
project: my-project # an option of the emulator
queues:
  default:
  emails: { rate: 100/m, retry: { maxAttempts: 5, minBackoff: 5s }, deadLetter: emails-dead }
  emails-dead:
    paused: true
`;
const described = {
  default: null,
  emails: { rate: "100/m", retry: { maxAttempts: 5, minBackoff: "5s" }, deadLetter: "emails-dead" },
  "emails-dead": { paused: true },
};

test("one file describes the queues of the client, the emulator and the plan", async () => {
  const queues = await readQueues(await write("cloudtask.yaml", YAML));
  expect(queues).toEqual(described);
  await using emulator = await createEmulator({ queues });
  await using client = new CloudTaskClient({ url: "http://worker.test/", queues, emulatorHost: emulator.host });
  const task = client.task("t", { queue: "emails", run: () => 1 });
  expect(await task().push()).toMatchObject({ queue: "emails" });
  await using admin = createAdmin(client);
  expect((await admin.queues.plan(queues)).changes).toEqual([]);
  const changed = await readQueues(await write("changed.yaml", YAML.replace("100/m", "5")));
  expect(String(await admin.queues.plan(changed))).toContain("emails");
});

test("the path can be a URL, and the file can be JSON", async () => {
  const file = await write("cloudtask.json", JSON.stringify({ queues: described }));
  expect(await readQueues(pathToFileURL(file))).toEqual(described);
});

test.each([
  [
    "an unknown setting",
    "queues:\n  emails:\n    rat: 5",
    "FILE:3: queues.emails.rat: unknown setting; did you mean rate?",
  ],
  [
    "an invalid value",
    "queues:\n  a: {}\n  emails: { rate: 0 }",
    "FILE:3: queues.emails.rate: expected dispatches per second",
  ],
  [
    "an invalid retry",
    "queues:\n  emails:\n    retry:\n      minBackoff: soon",
    'FILE:4: queues.emails.retry.minBackoff: expected a duration such as "30s"',
  ],
  ["no queues", "port: 5", "FILE:1: expected a map with the key `queues`"],
  ["App Engine's queue.yaml", "queue:\n- name: a", "FILE:1: expected a map with the key `queues`"],
  ["no map", "hello", "FILE:1: expected a map with the key `queues`"],
  ["a list of queues", "queues:\n- emails", "FILE:2: queues: expected a map of settings, received a list"],
  ["a key twice", "queues:\n  a: {}\n  a: {}", "FILE:3: duplicate key; remove one of them"],
  ["invalid YAML", "queues: [a", "FILE:1: Flow sequence"],
])("a file with %s is rejected with its line", async (_, text, message) => {
  const file = await write("bad.yaml", text);
  const error = await failureOf<TypeError>(readQueues(file));
  expect(error).toBeInstanceOf(TypeError);
  expect(error.message).toContain(message.replace("FILE", file));
});

test.each([
  ["that does not exist", () => join(folder, "absent.yaml"), "could not be read: ENOENT"],
  ["that is a folder", () => folder, "could not be read: EISDIR"],
  ["that is no text", () => write("bytes.yaml", new Uint8Array([0x80, 0x81])), "could not be read: "],
])("a file %s is a missing configuration", async (_, fileOf, message) => {
  const file = await fileOf();
  await expect(readQueues(file)).rejects.toMatchObject({
    code: "CONFIGURATION_MISSING",
    message: expect.stringContaining(`readQueues(): ${file} ${message}`),
  });
});

test("without the package yaml, JSON is read, and YAML needs the package", async () => {
  const absent = async () => Promise.reject(new Error("Cannot find package 'yaml'"));
  const json = await write("cloudtask.json", JSON.stringify({ queues: described }));
  expect(await readQueuesWith(json, absent)).toEqual(described);
  const bad = await write("bad.json", '{ "queues": { "emails": { "rat": 5 } } }');
  await expect(readQueuesWith(bad, absent)).rejects.toThrow(
    `${bad}.queues.emails.rat: unknown setting; did you mean rate?`,
  );
  await expect(readQueuesWith(await write("cut.json", "{"), absent)).rejects.toThrow(/cut\.json: .*JSON/);
  await expect(readQueuesWith(await write("cloudtask.yaml", YAML), absent)).rejects.toMatchObject({
    code: "CONFIGURATION_MISSING",
    message: expect.stringMatching(
      /cloudtask\.yaml needs the package `yaml`, which could not be loaded\. Run: npm install yaml$/,
    ),
  });
});
