import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, test } from "vitest";
import type { CaseResult } from "../../../packages/cloudtask/test/support/adapter-run.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** All cases together take half a minute. */
const PROGRAM_MS = 240_000;

/** More than any program prints. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Runs the cases of `@cloudtask/nestjs` on another version of NestJS, and registers a test for each. The sources and the cases are
 * bundled into the folder that has this version of NestJS installed, and run on Node.
 *
 * @param folder - in `compat/`
 * @param major - the version that must be installed there
 */
export async function testNest(folder: string, major: number): Promise<void> {
  const home = join(ROOT, "compat", folder);
  const { version } = createRequire(join(home, "package.json"))("@nestjs/core/package.json") as {
    readonly version: string;
  };
  test(`${folder} has NestJS ${major} installed`, () => {
    expect(version).toMatch(new RegExp(`^${major}\\.`));
  });
  for (const { title, outcome, error } of await resultsIn(home, `NestJS ${major}`)) {
    test(title, () => {
      expect([outcome, error]).toEqual(["passed", undefined]);
    });
  }
}

async function resultsIn(home: string, name: string): Promise<readonly CaseResult[]> {
  const outfile = join(home, ".built", "nest-program.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("nest-program.ts", import.meta.url))],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    // Maps the names of the packages to their sources, and compiles decorators as NestJS needs them.
    tsconfig: join(ROOT, "tsconfig.json"),
    external: ["@nestjs/*", "rxjs", "reflect-metadata"],
    sourcemap: "inline",
    // Without it, of two classes with one name in a file, one is renamed.
    keepNames: true,
    logLevel: "error",
  });
  const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env;
  const options = { cwd: home, env, timeout: PROGRAM_MS, maxBuffer: MAX_BYTES };
  const { stdout } = await promisify(execFile)(process.execPath, ["--enable-source-maps", outfile, name], options);
  const results = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as readonly CaseResult[];
  return results.filter(({ outcome }) => outcome !== "not applicable");
}
