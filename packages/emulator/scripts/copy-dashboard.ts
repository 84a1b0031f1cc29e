/** Copies the built pages of packages/dashboard into the built emulator, which serves them. Builds them if they are missing. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const dashboard = fileURLToPath(new URL("../../dashboard/", import.meta.url));

if (!existsSync(`${dashboard}dist/index.html`)) {
  execFileSync("npm", ["run", "--silent", "build"], { cwd: dashboard, stdio: "inherit" });
}
cpSync(`${dashboard}dist`, fileURLToPath(new URL("../dist/dashboard", import.meta.url)), { recursive: true });
