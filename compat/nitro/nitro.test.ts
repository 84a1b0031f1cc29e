import { cpSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll } from "vitest";
import { adapterSuite } from "../../packages/cloudtask/test/support/adapter-suite.ts";
import { runNode, serveNode } from "../next-16/support/node-process.ts";

const BUILT = resolve(import.meta.dirname, ".built");
const NITRO = resolve(import.meta.dirname, "../node_modules/nitro/dist/cli/index.mjs");
const SUITE_TASKS = resolve(import.meta.dirname, "../../packages/cloudtask/test/adapters/tasks.ts");

beforeAll(async () => {
  rmSync(BUILT, { recursive: true, force: true });
  cpSync(resolve(import.meta.dirname, "fixture"), BUILT, { recursive: true });
  cpSync(SUITE_TASKS, join(BUILT, "suite-tasks.ts"));
  await runNode([NITRO, "build"], { cwd: BUILT });
  return () => rmSync(BUILT, { recursive: true });
}, 120_000);

adapterSuite("Nitro 3 on Node", (_, options = {}) => {
  const env = () => ({ WORKER_OPTIONS: JSON.stringify(options) });
  return serveNode([".output/server/index.mjs"], { cwd: BUILT, env }, "Listening on");
});
