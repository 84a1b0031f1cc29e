/**
 * Prepares compat/: installs its lock file, then packs this repository's packages and unpacks them into its node_modules, so
 * its tests get the same files as users. Run it after a build: it packs the built output. With `--install` it only installs, which
 * needs no build. The folders that only `TESTS=all` tests are installed with `TESTS=all` only.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type PublishedPackage, publishedPackages } from "./packages.ts";

const COMPAT = "compat";
const STAMP = join(COMPAT, "node_modules", ".installed");
const PACKED = resolve(COMPAT, "node_modules", ".packed");

/** Next.js is a fifth of all files, for each version. */
const RARE = ["next-15"];

const FOLDERS = readdirSync(COMPAT).filter((folder) => existsSync(join(COMPAT, folder, "package.json")));

/** Installs unless everything that is needed was installed with the same lock file: it takes a minute. */
function install(): void {
  const lock = createHash("sha256")
    .update(readFileSync(join(COMPAT, "package-lock.json")))
    .digest("hex");
  const needed = process.env.TESTS === "all" ? FOLDERS : FOLDERS.filter((folder) => !RARE.includes(folder));
  const [installedLock, ...installed] = existsSync(STAMP) ? readFileSync(STAMP, "utf8").split(" ") : [];
  if (installedLock === lock && needed.every((folder) => installed.includes(folder))) return;
  const workspaces = needed.map((folder) => `--workspace=${folder}`);
  const args = ["ci", "--no-audit", "--no-fund", "--include-workspace-root", ...workspaces];
  execFileSync("npm", args, { cwd: COMPAT, stdio: "inherit" });
  writeFileSync(STAMP, [lock, ...needed].join(" "));
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
