import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Returns the version of an installed package.
 *
 * @param from - the folder whose `node_modules` contains it, or a folder below that one
 * @throws Error if it is not installed
 */
export function packageVersion(name: string, from: string = dirname(fileURLToPath(import.meta.url))): string {
  const manifest = join(from, "node_modules", name, "package.json");
  if (existsSync(manifest)) return JSON.parse(readFileSync(manifest, "utf8")).version;
  if (dirname(from) === from) throw new Error(`the package ${name} is not installed; run \`npm ci\``);
  return packageVersion(name, dirname(from));
}
