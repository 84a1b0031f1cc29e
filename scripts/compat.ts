/**
 * Gets compat/ ready: what its lock file names is installed there, and this repository's packages beside it, as users would
 * get them: packed, and unpacked. Run it after a build, since it is the built output that is packed.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const COMPAT = "compat";
const STAMP = join(COMPAT, "node_modules", ".installed");
const PACKAGES = { cloudtask: "cloudtask", "@cloudtask/emulator": "emulator", "@cloudtask/cli": "cli" } as const;

/** Installing takes a minute, and the lock file says whether it is due. */
function install(): void {
  const lock = createHash("sha256")
    .update(readFileSync(join(COMPAT, "package-lock.json")))
    .digest("hex");
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === lock) return;
  execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: COMPAT, stdio: "inherit" });
  writeFileSync(STAMP, lock);
}

function unpack(name: string, folder: string): void {
  const temporary = mkdtempSync(join(tmpdir(), "cloudtask-pack-"));
  execFileSync("npm", ["pack", "--silent", "--pack-destination", temporary], { cwd: join("packages", folder) });
  const [tarball = ""] = readdirSync(temporary);
  const target = join(COMPAT, "node_modules", name);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  execFileSync("tar", ["-xzf", join(temporary, tarball), "--strip-components=1", "-C", target]);
  rmSync(temporary, { recursive: true });
}

install();
for (const [name, folder] of Object.entries(PACKAGES)) unpack(name, folder);
