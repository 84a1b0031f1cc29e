import { basename, join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { apiServer } from "../packages/cloudtask/test/support/api-server.ts";
import { allPages, writePages } from "./support/docs-pages.ts";

/** The number of API calls that the code of each page makes. Pages that listen on a port or belong to another program are left out. */
const CALLS = {
  "bulk-pushes.md": 3,
  "declaring.md": 1,
  "dependencies.md": 0,
  "eager.md": 0,
  "google-cloud.md": 0,
  "idempotency.md": 7,
  "local-development.md": 0,
  "moving-from-bullmq.md": 1,
  "moving-from-google-cloud-tasks.md": 1,
  "moving-from-py-cloud-task.md": 3,
  "retries-per-task.md": 2,
  "retries.md": 0,
  "transactions.md": 3,
};

const pages = await allPages();

test.each(Object.entries(CALLS))(
  "the code of %s runs and makes the expected number of API calls",
  async (path, calls) => {
    const api = await apiServer();
    vi.stubEnv("CLOUD_TASKS_EMULATOR_HOST", api.host);
    vi.stubEnv("GOOGLE_CLOUD_PROJECT", "p");
    vi.stubEnv("SERVICE_URL", "https://worker-1.europe-west1.run.app");
    vi.stubEnv("TASKS_SECRET", "s3cret-key");
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.spyOn(console, "log").mockReturnValue();
    onTestFinished(() => void vi.restoreAllMocks());
    const page = pages.filter((each) => each.path === path);
    const { folder, files, remove } = await writePages(".", page);
    onTestFinished(remove);
    for (const file of files) await import(join(folder, file));
    expect([basename(path), api.requests.length]).toEqual([path, calls]);
  },
);
