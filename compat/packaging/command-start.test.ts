import { statSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type CommandProject, installCommand } from "./support/install-command.ts";
import { recordLoaded } from "./support/record-loaded.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let project: CommandProject;

beforeAll(async () => {
  project = await installCommand();
});

afterAll(() => project[Symbol.asyncDispose]());

interface Loaded {
  /** The files of all packages, such as `cli/cli.js`. */
  readonly files: readonly string[];
  readonly bytes: number;
}

/** Returns what a call of the packed command loads. No emulator answers. */
async function loadedBy(call: string): Promise<Loaded> {
  const args = [join(project.cli, "bin/cloudtask.js"), ...call.split(" ")];
  const { files } = await recordLoaded(args, {
    cwd: project.folder,
    env: { CLOUD_TASKS_EMULATOR_HOST: "127.0.0.1:9" },
  });
  const named = files.map((file) => {
    const [, name = file] = /.*\/node_modules\/(?:@cloudtask\/)?([^/]+)\//.exec(file) ?? [];
    return `${name}/${basename(file)}`;
  });
  return { files: named, bytes: files.reduce((sum, file) => sum + statSync(file).size, 0) };
}

const START = ["cli/cloudtask.js", "cli/cli.js", "cli/_shared.js", "cloudtask/internal.js"];

test.each([["--version"], ["--help"], ["tasks push --help"], ["mcp --help"], ["advance 1h"]])(
  "cloudtask %s loads the parser, and no code of a command",
  async (call) => {
    const { files, bytes } = await loadedBy(call);
    expect(files.toSorted()).toEqual(START.toSorted());
    expect(bytes).toBeLessThan(170_000);
  },
);

test.each([
  ["queues list", "cli/_queues-run.js"],
  ["tasks list mail", "cli/_tasks-run.js"],
  ["dead list dead", "cli/_dead-run.js"],
])("cloudtask %s loads its own code and the admin API, and neither YAML nor the emulator", async (call, own) => {
  const { files, bytes } = await loadedBy(call);
  const others = files.filter((file) => !START.includes(file) && !file.startsWith("cloudtask/"));
  expect(others.sort()).toEqual([own, "cli/_operation.js"].sort());
  expect(bytes).toBeLessThan(480_000);
});
