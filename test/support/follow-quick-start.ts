import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { onFreePorts, readQuickStart, runCommands, writeFiles } from "./quick-start.ts";

const TSX = resolve("node_modules/.bin/tsx");
const WRANGLER = fileURLToPath(new URL("wrangler.ts", import.meta.url));
const TIMEOUT_MS = 60_000;

/** Where a quick start is followed, and what its folder lacks of what its installation would give it. */
export interface Place {
  /** The folder whose `node_modules` has its toolchain. */
  readonly parent: string;
  /** Files, by their paths. */
  readonly files?: Readonly<Record<string, string>>;
  /** A folder to be its `node_modules`. */
  readonly modules?: string;
}

/**
 * Follows a quick start in a folder of its own, all but its installation: its files, its commands, its request. What it
 * starts is stopped when the test is over.
 *
 * @param name - which
 * @param place - where
 * @returns once all that it promises was printed
 * @throws Error with what was printed instead
 */
export async function followQuickStart(name: string, { parent, files = {}, modules }: Place): Promise<void> {
  await mkdir(join(parent, ".built"), { recursive: true });
  const folder = await mkdtemp(join(resolve(parent), ".built", "quick-start-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const steps = await onFreePorts(await readQuickStart(name));
  const needed = Object.entries({ "package.json": manifestOf(steps.install), ...files });
  await writeFiles(folder, { ...steps, files: [...needed.map(([name, code]) => ({ name, code })), ...steps.files] });
  if (modules !== undefined) await symlink(resolve(modules), join(folder, "node_modules"));
  // What npx would look up in the folder's own node_modules/.bin is on the path.
  const written = steps.install.filter((command) => command.startsWith("echo "));
  const commands = [...written, ...steps.run.map((command) => command.replace(/\bnpx /, ""))];
  const running = runCommands(commands, folder, await environmentOf(folder, parent));
  onTestFinished(() => running.stop());
  await running.printed(steps.prints, TIMEOUT_MS);
}

/** What the page's `npm pkg set` writes. */
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
  // Before compat/'s, which has other versions of Node.
  binaries.push(dirname(process.execPath), resolve("node_modules/.bin"), resolve("compat/node_modules/.bin"));
  const { NODE_OPTIONS: _, VITEST: __, NODE_ENV: ___, ...clean } = process.env;
  return { ...clean, PATH: [...binaries, process.env.PATH].join(delimiter), NEXT_TELEMETRY_DISABLED: "1" };
}
