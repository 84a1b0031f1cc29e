/**
 * Gets compat/ ready: what its lock file names is installed there, and this repository's packages beside it, as users would
 * get them: packed, and unpacked. Run it after a build, since it is the built output that is packed.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const COMPAT = "compat";
const STAMP = join(COMPAT, "node_modules", ".installed");
const PACKED = resolve(COMPAT, "node_modules", ".packed");
const PACKAGES = {
  cloudtask: "cloudtask",
  "@cloudtask/nestjs": "nestjs",
  "@cloudtask/emulator": "emulator",
  "@cloudtask/cli": "cli",
} as const;

/** Installing takes a minute, and the lock file says whether it is due. */
function install(): void {
  const lock = createHash("sha256")
    .update(readFileSync(join(COMPAT, "package-lock.json")))
    .digest("hex");
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === lock) return;
  execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: COMPAT, stdio: "inherit" });
  writeFileSync(STAMP, lock);
}

/** Leaves the tarball too, as compat/node_modules/.packed/<folder>.tgz: what would be published, byte for byte. */
function unpack(name: string, folder: string): void {
  const tarball = join(PACKED, `${folder}.tgz`);
  const printed = execFileSync("npm", ["pack", "--json", "--pack-destination", PACKED], {
    cwd: join("packages", folder),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [{ filename = "" } = {}] = JSON.parse(printed) as { filename?: string }[];
  renameSync(join(PACKED, filename), tarball);
  const target = join(COMPAT, "node_modules", name);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "--strip-components=1", "-C", target]);
}

install();
rmSync(PACKED, { recursive: true, force: true });
mkdirSync(PACKED);
for (const [name, folder] of Object.entries(PACKAGES)) unpack(name, folder);
