import { readdirSync, readFileSync } from "node:fs";
import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { temporaryFolder } from "./support/folder.ts";
import { spawnCloudtask } from "./support/spawned.ts";

const BUILT = ["packages/cli/bin/cloudtask.js"];

test("the built command starts, reads its file, and stops", async () => {
  await using folder = await temporaryFolder();
  const file = await folder.write("cloudtask.yaml", "memory: true\nport: 0\nqueues: { mail: }\n");
  await using emulator = spawnCloudtask(["emulator", "--json", "--config", file], {}, BUILT);
  const [line] = await emulator.seen(/^.*\n/);
  expect(JSON.parse(line).queues).toEqual(["projects/local-project/locations/us-central1/queues/mail"]);
  expect(await emulator.kill("SIGTERM")).toBe(0);
});

test("the build has few files, and prints the help without those of the commands", async () => {
  expect(readdirSync("packages/cli/dist").filter((file) => file.endsWith(".js")).length).toBeLessThanOrEqual(16);
  await using help = spawnCloudtask(["emulator", "--help"], {}, BUILT);
  expect(await help.ended()).toBe(0);
  expect(help.out()).toContain("Usage: cloudtask emulator");
});

test("the start of the built command loads the parser, and no code of a command", () => {
  const loaded = new Set<string>();
  const external = new Set<string>();
  const load = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    const text = readFileSync(`packages/cli/dist/${file}`, "utf8");
    for (const [, name = ""] of text.matchAll(/^(?:import|export)\b[^"]*?"([^"]+)";$/gm)) {
      if (name.startsWith("./")) load(name.slice(2));
      else external.add(name);
    }
  };
  load("cli.js");
  expect([...external].filter((name) => !name.startsWith("node:")).sort()).toEqual(["cloudtask/internal"]);
});

test("the built command lists queues and pushes a task", async () => {
  await using emulator = await createEmulator({ port: 0, queues: { mail: { paused: true } } });
  const env = { CLOUD_TASKS_EMULATOR_HOST: emulator.host };
  const args = ["tasks", "push", "--definition", "a", "--queue", "mail", "--url", "http://127.0.0.1:1/", "--json"];
  await using push = spawnCloudtask(args, env, BUILT);
  expect(await push.ended()).toBe(0);
  await using list = spawnCloudtask(["tasks", "list", "mail", "--json"], env, BUILT);
  expect(await list.ended()).toBe(0);
  expect(JSON.parse(list.out())).toMatchObject([{ name: JSON.parse(push.out()).name, definition: "a" }]);
  await using queues = spawnCloudtask(["queues", "export"], env, BUILT);
  expect(await queues.ended()).toBe(0);
  expect(queues.out()).toBe("queues:\n  mail:\n    paused: true\n");
});

test("the built doctor reads a client that uses the installed library", async () => {
  const queues = { mail: null, "mail-dead": { paused: true } };
  await using emulator = await createEmulator({ port: 0, project: "p", location: "europe-west1", queues });
  // The library is resolved from the folder of the module.
  await using folder = await temporaryFolder("node_modules");
  const file = await folder.write(
    "tasks.mjs",
    `import { CloudTaskClient } from "cloudtask";
    const client = new CloudTaskClient({ project: "p", location: "europe-west1", url: () => process.env.TASKS_URL });
    client.task("send-mail", { queue: "mail", deadLetter: "mail-dead", retry: { maxAttempts: 5 }, run: () => undefined });
    export default client;`,
  );
  const env = { CLOUD_TASKS_EMULATOR_HOST: emulator.host, TASKS_URL: "http://127.0.0.1:64999/" };
  await using doctor = spawnCloudtask(["doctor", "--json", "--client", file], env, BUILT);
  expect(await doctor.ended()).toBe(1);
  expect(doctor.err()).toBe("");
  const { checks } = JSON.parse(doctor.out());
  expect(
    checks.filter(({ status }: { status: string }) => status === "ok").map(({ id }: { id: string }) => id),
  ).toEqual(["environment", "api", "clock", "queue", "permissions", "attempts", "dead-letters"]);
  expect(checks.find(({ id }: { id: string }) => id === "worker").message).toContain("127.0.0.1:64999");
});

test.runIf(!("typescript" in process.features && process.features.typescript))(
  "a client in TypeScript gets a hint, if this version of Node cannot import it",
  async () => {
    await using doctor = spawnCloudtask(
      ["doctor", "--client", "packages/cli/test/support/doctor-client.ts"],
      {},
      BUILT,
    );
    expect(await doctor.ended()).toBe(2);
    expect(doctor.err()).toContain(
      'use Node 22.18 or newer, run with NODE_OPTIONS="--import tsx", or pass a compiled .js file',
    );
  },
);

test("a client in TypeScript is read with tsx", async () => {
  const file = "packages/cli/test/support/doctor-client.ts";
  const env = { NODE_OPTIONS: "--import tsx", CLOUD_TASKS_EMULATOR_HOST: "127.0.0.1:64999" };
  await using doctor = spawnCloudtask(["doctor", "--json", "--client", file], env, BUILT);
  expect(await doctor.ended()).toBe(1);
  expect(doctor.out()).toContain("worker-123.europe-west1.run.app");
});
