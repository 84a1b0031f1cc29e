import { join } from "node:path";
import { createEmulator, type Emulator, type EmulatorQueues } from "@cloudtask/emulator";
import { createAdmin } from "cloudtask/admin";
import { expect, onTestFinished, test, vi } from "vitest";
import { collect } from "../packages/cloudtask/test/support/collect.ts";
import { allPages, writePages } from "./support/docs-pages.ts";

/** An emulator that the environment names. */
async function startEmulator(queues: EmulatorQueues): Promise<Emulator> {
  const emulator = await createEmulator({ project: "my-gcp-project", location: "europe-west1", queues });
  onTestFinished(() => emulator.close());
  vi.stubEnv("CLOUD_TASKS_EMULATOR_HOST", emulator.host);
  vi.stubEnv("GOOGLE_CLOUD_PROJECT", "my-gcp-project");
  vi.stubEnv("GOOGLE_CLOUD_LOCATION", "europe-west1");
  onTestFinished(() => void vi.unstubAllEnvs());
  return emulator;
}

/** Runs the code of a page, and returns what it prints. */
async function run(path: string): Promise<readonly string[]> {
  const lines: string[] = [];
  const print = (...parts: readonly unknown[]): void => void lines.push(parts.join(" "));
  vi.spyOn(console, "log").mockImplementation(print);
  vi.spyOn(console, "error").mockImplementation(print);
  onTestFinished(() => void vi.restoreAllMocks());
  const { folder, files, remove } = await writePages(
    ".",
    (await allPages()).filter((page) => page.path === path),
  );
  onTestFinished(remove);
  for (const file of files) await import(join(folder, file));
  return lines;
}

test("the code of admin.md lists, runs and deletes tasks, and changes queues", async () => {
  const emulator = await startEmulator({ emails: null });
  const lines = await run("admin.md");
  expect(lines.map((line) => line.replace(/\d{10,}.*/, "…"))).toEqual([
    "emails running 0 ",
    "…",
    "0 deleted, 0 had finished before",
  ]);
  await using admin = createAdmin({ emulatorHost: emulator.host });
  expect(await collect(admin.queues.list())).toMatchObject([
    { id: "emails", state: "running", purgedAt: expect.any(Date) },
    { id: "reports", rate: 100 / 60, concurrency: 2, retry: { maxAttempts: 5, minBackoff: 60_000 } },
  ]);
  expect(await collect(admin.tasks.list({ queue: "emails" }))).toEqual([]);
});

test("the code of queues.md prints the plan that the page shows, applies it, and finds the drift", async () => {
  const emulator = await startEmulator({ default: null });
  const { argv, exitCode } = process;
  process.argv = [...argv, "--apply"];
  const lines = await run("queues.md").finally(() => {
    Object.assign(process, { argv, exitCode });
  });
  const page = (await allPages()).find(({ path }) => path === "queues.md")?.text ?? "";
  expect(page).toContain(`\`\`\`text\n${lines[0]}\n\`\`\``);
  expect(lines[1]).toContain("rate: 500 → 10");
  await using admin = createAdmin({ emulatorHost: emulator.host });
  expect(await collect(admin.queues.list())).toMatchObject([
    { id: "default" },
    { id: "emails", rate: 50, retry: { maxAttempts: 8 } },
    { id: "emails-dead", state: "paused" },
    { id: "reports", concurrency: 2 },
  ]);
});
