import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("every check of the demo passes, and its output has no colours without a terminal", async () => {
  const { NODE_OPTIONS: _, FORCE_COLOR: __, ...env } = process.env;
  const args = [resolve("node_modules/tsx/dist/cli.mjs"), "src/main.ts"];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: "demo", env, timeout: 90_000 });
  expect(stdout).toMatch(/✓ All \d+ checks passed\./);
  expect(stdout).not.toContain("\u001b[");
  expect(stderr).toBe("");
}, 100_000);
