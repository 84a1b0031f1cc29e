/** Publishes every package whose version is not on npm yet, and tags the commit. */
import { execFileSync } from "node:child_process";

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): void {
  execFileSync(command, args, { stdio: "inherit", env: { ...process.env, ...env } });
}

run("tsx", ["scripts/check-release.ts"]);
run("npm", ["run", "--silent", "build"]);
// Without the prepack scripts, which would build again for each package.
run("changeset", ["publish"], { npm_config_ignore_scripts: "true" });
