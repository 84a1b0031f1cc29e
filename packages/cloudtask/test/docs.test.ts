import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { apiServer } from "./support/api-server.ts";

const PAGES = ["idempotency", "transactions"];

/** Far from the sources, so that "cloudtask" means the package. */
let folder: string;

/** The TypeScript of a page, which builds on itself from block to block. */
async function codeOf(page: string): Promise<string> {
  const text = await readFile(`docs/${page}.md`, "utf8");
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code).join("\n");
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cloudtask-docs-"));
  await copyFile("packages/cloudtask/test/support/docs-services.ts", join(folder, "services.ts"));
  for (const page of PAGES) await writeFile(join(folder, `${page}.ts`), await codeOf(page));
});

afterAll(() => rm(folder, { recursive: true }));

test("what the pages show compiles", async () => {
  const config = {
    extends: resolve("tsconfig.json"),
    compilerOptions: { typeRoots: [resolve("node_modules/@types")] },
    include: [],
    files: PAGES.map((page) => `${page}.ts`),
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  const tsc = promisify(execFile)(resolve("node_modules/.bin/tsc"), ["-p", folder]);
  const { stdout } = await tsc.catch((error: { stdout: string }) => error);
  expect(stdout).toBe("");
});

test.each(PAGES)("what %s shows runs", async (page) => {
  const api = await apiServer();
  vi.stubEnv("CLOUD_TASKS_EMULATOR_HOST", api.host);
  vi.stubEnv("GOOGLE_CLOUD_PROJECT", "p");
  await import(join(folder, `${page}.ts`));
  vi.unstubAllEnvs();
  expect(api.requests.length).toBeGreaterThan(1);
});

test.each(PAGES)("%s stays short", async (page) => {
  expect((await readFile(`docs/${page}.md`, "utf8")).split("\n").length).toBeLessThanOrEqual(120);
});
