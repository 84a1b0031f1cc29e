import { existsSync, readFileSync } from "node:fs";
import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheDirectory, runTool } from "./peer-cache.ts";

const manifests = fileURLToPath(new URL("../../peers/", import.meta.url));

/**
 * Installs the packages of `benchmarks/peers/NAME/package.json` into the cache, unless they are there. They are no dependencies of
 * the workspace, because they would make `npm ci` slow for everyone.
 *
 * @returns the folder that contains their `node_modules`
 */
export async function installPeers(name: string, progress: (text: string) => void): Promise<string> {
  const manifest = join(manifests, name, "package.json");
  const folder = await cacheDirectory("npm", name);
  const installed = join(folder, "package.json");
  if (existsSync(installed) && readFileSync(installed, "utf8") === readFileSync(manifest, "utf8")) return folder;
  progress(`installing the packages of benchmarks/peers/${name}`);
  await rm(join(folder, "node_modules"), { recursive: true, force: true });
  const temporary = join(folder, "install");
  await rm(temporary, { recursive: true, force: true });
  await cacheDirectory("npm", name, "install");
  await copyFile(manifest, join(temporary, "package.json"));
  await runTool("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"], temporary);
  await runTool("mv", [join(temporary, "node_modules"), folder]);
  // The manifest is copied last, so an interrupted installation is repeated.
  await copyFile(manifest, installed);
  return folder;
}
