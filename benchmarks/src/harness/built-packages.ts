import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Our packages that the benchmarks measure, by folder. */
const measured = { cloudtask: "cloudtask", emulator: "@cloudtask/emulator", cli: "@cloudtask/cli" } as const;

/** Builds the measured packages, unless they were built after the last change of their sources. */
export function buildPackages(progress: (text: string) => void): void {
  for (const [folder, name] of Object.entries(measured)) {
    const path = join(root, "packages", folder);
    if (newest(join(path, "src")) < changedAt(join(path, folder === "cli" ? "dist/cli.js" : "dist/index.js"))) continue;
    progress(`building ${name}`);
    execFileSync("npm", ["run", "--silent", "build", "--workspace", name], { cwd: root, stdio: "inherit" });
  }
}

function newest(directory: string): number {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" });
  return Math.max(...names.filter((name) => !name.includes(".test.")).map((name) => changedAt(join(directory, name))));
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
