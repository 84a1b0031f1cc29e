import { cpSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { adapterSuite } from "../../packages/cloudtask/test/support/adapter-suite.ts";
import { runNode, type ServerProcess, serveNode } from "../next-16/support/node-process.ts";
import { stopDuringDelivery } from "../next-16/support/stop-during-delivery.ts";

const BUILT = resolve(import.meta.dirname, ".built");
const NITRO = resolve(import.meta.dirname, "../node_modules/nitro/dist/cli/index.mjs");
const SUITE_TASKS = resolve(import.meta.dirname, "../../packages/cloudtask/test/adapters/tasks.ts");
const SLOW_TASK = resolve(import.meta.dirname, "../next-16/support/slow-task.ts");

beforeAll(async () => {
  rmSync(BUILT, { recursive: true, force: true });
  cpSync(resolve(import.meta.dirname, "fixture"), BUILT, { recursive: true });
  cpSync(SUITE_TASKS, join(BUILT, "suite-tasks.ts"));
  cpSync(SLOW_TASK, join(BUILT, "slow-task.ts"));
  await runNode([NITRO, "build"], { cwd: BUILT });
  return () => rmSync(BUILT, { recursive: true });
}, 120_000);

function serve(options: object = {}): Promise<ServerProcess> {
  const env = () => ({ WORKER_OPTIONS: JSON.stringify(options) });
  return serveNode([".output/server/index.mjs"], { cwd: BUILT, env }, "Listening on");
}

adapterSuite("Nitro 3 on Node", (_, options) => serve(options));

test("Nitro 3: after SIGTERM the delivery ends, then the close hook runs and closes the client", async () => {
  expect(await stopDuringDelivery(await serve())).toEqual({
    status: 200,
    exitCode: 0,
    lines: ["delivery ended", "close hook", "pool closed"],
  });
});
