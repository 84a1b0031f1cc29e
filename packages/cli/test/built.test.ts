import { readdirSync } from "node:fs";
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
  expect(readdirSync("packages/cli/dist").filter((file) => file.endsWith(".js")).length).toBeLessThanOrEqual(8);
  await using help = spawnCloudtask(["emulator", "--help"], {}, BUILT);
  expect(await help.ended()).toBe(0);
  expect(help.out()).toContain("Usage: cloudtask emulator");
});
