import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { runNode, type ServerProcess, serveNode } from "./node-process.ts";

const COMPAT = resolve(import.meta.dirname, "../..");
const FIXTURE = join(COMPAT, "next-16", "fixture");
const EXAMPLE = resolve(COMPAT, "../examples/next");
const SUITE_TASKS = resolve(COMPAT, "../packages/cloudtask/test/adapters/tasks.ts");

type EnvAt = (origin: string) => Readonly<Record<string, string>>;

/** `examples/next` with the routes of the suite, built by one version of Next.js. */
export interface BuiltApp {
  /** The output of `next build`. */
  readonly printed: string;
  /** Starts the standalone server. */
  start(env: EnvAt): Promise<ServerProcess>;
  /** Starts `next dev`. */
  develop(env: EnvAt): Promise<ServerProcess>;
  /** Changes the text of one of the app's modules. */
  edit(file: string, from: string, to: string): void;
  remove(): void;
}

/**
 * Builds the app without a secret or a URL in the environment, and moves the standalone output away from every node_modules that it
 * could fall back on.
 *
 * @param version - the folder in compat/ that has the version of Next.js
 */
export async function buildApp(version: "next-15" | "next-16"): Promise<BuiltApp> {
  const folder = join(COMPAT, version, ".built");
  layOut(folder);
  const next = join(COMPAT, version === "next-16" ? "next-16" : "", "node_modules/next/dist/bin/next");
  const printed = await runNode([next, "build"], { cwd: folder });
  const standalone = mkdtempSync(join(tmpdir(), "cloudtask-next-"));
  cpSync(join(folder, ".next/standalone"), standalone, { recursive: true, verbatimSymlinks: true });
  const cwd = join(standalone, version, ".built");
  return {
    printed,
    start: (env) => serveNode(["--import", join(FIXTURE, "at-route.mjs"), "server.js"], { cwd, env }, "Ready in"),
    develop: (env) => {
      const all = (origin: string) => ({ NODE_ENV: "development", ...env(origin) });
      return serveNode([next, "dev"], { cwd: folder, env: all }, "Ready in");
    },
    edit: (file, from, to) => {
      const path = join(folder, file);
      writeFileSync(path, readFileSync(path, "utf8").replace(from, to));
    },
    remove: () => {
      rmSync(standalone, { recursive: true });
      rmSync(folder, { recursive: true });
    },
  };
}

function layOut(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const each of ["app", "tasks.ts", "tsconfig.json", "package.json"])
    cpSync(join(EXAMPLE, each), join(folder, each), { recursive: true });
  cpSync(FIXTURE, folder, { recursive: true });
  cpSync(SUITE_TASKS, join(folder, "suite-tasks.ts"));
  // Next.js installs React's types if they are missing, but the app has no component.
  const types = join(folder, "node_modules/@types/react");
  mkdirSync(types, { recursive: true });
  writeFileSync(join(types, "package.json"), '{ "name": "@types/react", "version": "19.0.0", "types": "index.d.ts" }');
  writeFileSync(join(types, "index.d.ts"), "export as namespace React;\nexport type ReactNode = unknown;\n");
}
