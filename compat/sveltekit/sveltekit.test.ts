import { cpSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { suiteExcept } from "../../packages/cloudtask/test/support/suite-except.ts";
import { runNode, type ServerProcess, serveNode } from "../next-16/support/node-process.ts";
import { stopDuringDelivery } from "../next-16/support/stop-during-delivery.ts";

const BUILT = resolve(import.meta.dirname, ".built");
const VITE = resolve(import.meta.dirname, "../node_modules/vite/bin/vite.js");
const SUITE_TASKS = resolve(import.meta.dirname, "../../packages/cloudtask/test/adapters/tasks.ts");
const SLOW_TASK = resolve(import.meta.dirname, "../next-16/support/slow-task.ts");

beforeAll(async () => {
  rmSync(BUILT, { recursive: true, force: true });
  cpSync(resolve(import.meta.dirname, "fixture"), BUILT, { recursive: true });
  cpSync(resolve(import.meta.dirname, "package.json"), join(BUILT, "package.json"));
  cpSync(SUITE_TASKS, join(BUILT, "src/lib/suite-tasks.ts"));
  cpSync(SLOW_TASK, join(BUILT, "src/lib/slow-task.ts"));
  await runNode([VITE, "build"], { cwd: BUILT });
  return () => rmSync(BUILT, { recursive: true });
}, 120_000);

function serve(options: object = {}): Promise<ServerProcess> {
  // The default limit is 512 kB.
  const env = (origin: string) => ({
    ORIGIN: origin,
    BODY_SIZE_LIMIT: "8M",
    WORKER_OPTIONS: JSON.stringify(options),
  });
  return serveNode(["out"], { cwd: BUILT, env }, "Listening on");
}

suiteExcept(
  "SvelteKit on Node",
  (_, options) => serve(options),
  {
    "a content type that a browser's form can send is answered 400": "SvelteKit itself answers 403",
  },
  // It notices a disconnect only until the body is read.
  { seesDisconnect: false },
);

test("SvelteKit: after SIGTERM the delivery ends, then the shutdown event closes the client", async () => {
  expect(await stopDuringDelivery(await serve())).toEqual({
    status: 200,
    exitCode: 0,
    lines: ["delivery ended", "shutdown event", "pool closed"],
  });
});
