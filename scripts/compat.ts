/**
 * Prepares compat/: installs its lock file, then packs this repository's packages and unpacks them into its node_modules, so
 * its tests get the same files as users. Run it after a build: it packs the built output. With `--install` it only installs, which
 * needs no build.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type PublishedPackage, publishedPackages } from "./packages.ts";

const COMPAT = "compat";
const STAMP = join(COMPAT, "node_modules", ".installed");
const PACKED = resolve(COMPAT, "node_modules", ".packed");

/** Installs unless the lock file is the same as last time: it takes a minute. */
function install(): void {
  const lock = createHash("sha256")
    .update(readFileSync(join(COMPAT, "package-lock.json")))
    .digest("hex");
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === lock) return;
  execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: COMPAT, stdio: "inherit" });
  writeFileSync(STAMP, lock);
}

/** Also leaves the tarball that would be published, as compat/node_modules/.packed/<folder>.tgz. */
function unpack({ name, folder, path }: PublishedPackage): void {
  const tarball = join(PACKED, `${folder}.tgz`);
  const printed = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", PACKED], {
    cwd: path,
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

function unpackAll(): void {
  rmSync(PACKED, { recursive: true, force: true });
  mkdirSync(PACKED);
  for (const published of publishedPackages()) unpack(published);
}

install();
if (!process.argv.includes("--install")) unpackAll();
