import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { onFreePorts, readQuickStart, runCommands, writeFiles } from "./quick-start.ts";

const TSX = resolve("node_modules/.bin/tsx");
const WRANGLER = fileURLToPath(new URL("wrangler.ts", import.meta.url));
const TIMEOUT_MS = 60_000;

/** Replaces the installation of a quick start in a test. */
export interface QuickStartSetup {
  /** The folder whose `node_modules` contains the toolchain. */
  readonly parent: string;
  /** Additional files, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** The folder to link as `node_modules`. */
  readonly modules?: string;
}

/**
 * Follows a quick start in a new folder, except for the installation: writes its files, runs its commands and its request. All
 * processes are stopped at the end of the test.
 *
 * @returns when all promised lines were printed
 * @throws Error with the actual output
 */
export async function followQuickStart(name: string, { parent, files = {}, modules }: QuickStartSetup): Promise<void> {
  await mkdir(join(parent, ".built"), { recursive: true });
  const folder = await mkdtemp(join(resolve(parent), ".built", "quick-start-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const steps = await onFreePorts(await readQuickStart(name));
  const setupFiles = Object.entries({ "package.json": manifestOf(steps.install), ...files });
  await writeFiles(folder, {
    ...steps,
    files: [...setupFiles.map(([name, code]) => ({ name, code })), ...steps.files],
  });
  if (modules !== undefined) await symlink(resolve(modules), join(folder, "node_modules"));
  // Instead of npx, the commands find their programs on the PATH.
  const writingCommands = steps.install.filter((command) => command.startsWith("echo "));
  const commands = [...writingCommands, ...steps.run.map((command) => command.replace(/\bnpx /, ""))];
  const running = runCommands(commands, folder, await environmentOf(folder, parent));
  onTestFinished(() => running.stop());
  await running.printed(steps.prints, TIMEOUT_MS);
}

/** The package.json that the page's `npm pkg set` writes. */
function manifestOf(install: readonly string[]): string {
  const [, pairs = ""] = /npm pkg set (.*)$/.exec(install[0] ?? "") ?? [];
  const entries = pairs.split(" ").map((pair) => pair.split("="));
  return JSON.stringify(Object.fromEntries(entries.filter(([name]) => name !== "")));
}

async function environmentOf(folder: string, parent: string): Promise<NodeJS.ProcessEnv> {
  const wrangler = join(folder, ".bin", "wrangler");
  await mkdir(dirname(wrangler), { recursive: true });
  await writeFile(wrangler, `#!/bin/sh\nexec "${TSX}" "${WRANGLER}" "$@"\n`);
  await chmod(wrangler, 0o755);
  const binaries = [dirname(wrangler), join(resolve(parent), "node_modules", ".bin")];
  // Before those of compat/, which contain other versions of Node.
  binaries.push(dirname(process.execPath), resolve("node_modules/.bin"), resolve("compat/node_modules/.bin"));
  const { NODE_OPTIONS: _, VITEST: __, NODE_ENV: ___, ...clean } = process.env;
  return { ...clean, PATH: [...binaries, process.env.PATH].join(delimiter), NEXT_TELEMETRY_DISABLED: "1" };
}
