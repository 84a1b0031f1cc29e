import { cpSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll } from "vitest";
import { suiteExcept } from "../../packages/cloudtask/test/support/suite-except.ts";
import { runNode, serveNode } from "../next-16/support/node-process.ts";

const BUILT = resolve(import.meta.dirname, ".built");
const VITE = resolve(import.meta.dirname, "../node_modules/vite/bin/vite.js");
const SUITE_TASKS = resolve(import.meta.dirname, "../../packages/cloudtask/test/adapters/tasks.ts");

beforeAll(async () => {
  rmSync(BUILT, { recursive: true, force: true });
  cpSync(resolve(import.meta.dirname, "fixture"), BUILT, { recursive: true });
  cpSync(resolve(import.meta.dirname, "package.json"), join(BUILT, "package.json"));
  cpSync(SUITE_TASKS, join(BUILT, "src/lib/suite-tasks.ts"));
  await runNode([VITE, "build"], { cwd: BUILT });
  return () => rmSync(BUILT, { recursive: true });
}, 120_000);

suiteExcept(
  "SvelteKit on Node",
  (_, options = {}) => {
    // The default limit is 512 kB.
    const env = (origin: string) => ({
      ORIGIN: origin,
      BODY_SIZE_LIMIT: "8M",
      WORKER_OPTIONS: JSON.stringify(options),
    });
    return serveNode(["out"], { cwd: BUILT, env }, "Listening on");
  },
  {
    "a content type that a browser's form can send is answered 400": "SvelteKit itself answers 403",
  },
  // It notices a disconnect only until the body is read.
  { seesDisconnect: false },
);
