import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createEmulator } from "@cloudtask/emulator";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { runNode } from "../packaging/support/run-node.ts";
import { bundlers, type Format } from "./support/bundlers.ts";

vi.setConfig({ testTimeout: 60_000 });

const entry = fileURLToPath(new URL("programs/ours.mjs", import.meta.url));

// Outside every node_modules, so a bundle must contain all its dependencies.
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cloudtask-bundles-"));
});

afterAll(() => rm(folder, { recursive: true }));

const cases = Object.entries(bundlers).flatMap(([bundler, bundle]) =>
  (["esm", "cjs"] satisfies Format[]).map((format) => ({ bundler, bundle, format })),
);

// Rollup always warns about comments and an import cycle in zod.
const concernsZod = (warning: string): boolean => warning.includes("node_modules/zod/");

test.each(cases)(
  "a bundle by $bundler as $format pushes and receives, and the bundler prints no warning",
  async ({ bundler, bundle, format }) => {
    await using emulator = await createEmulator({ queues: ["default"] });
    const outdir = join(folder, `${bundler}-${format}`);
    const warnings = await bundle({ entry, outdir, format, minify: false });
    expect(warnings.filter((warning) => !concernsZod(warning))).toEqual([]);
    const file = join(outdir, format === "esm" ? "bundle.mjs" : "bundle.cjs");
    const ran = await runNode([file], { cwd: outdir, env: { CLOUD_TASKS_EMULATOR_HOST: emulator.host } });
    expect(ran).toEqual({ stdout: "order 500 due 2026, attempt 1\n", stderr: "", code: 0 });
  },
);
