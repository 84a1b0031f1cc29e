/**
 * Turns the changesets into a release: new versions, changelogs, ranges between the packages, and the lock file.
 * Commit the result, or let .github/workflows/release.yml open a pull request with it.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { publishedPackages, readManifest } from "./packages.ts";

type Ranges = Record<string, string>;
type EditableManifest = { dependencies?: Ranges; devDependencies?: Ranges; peerDependencies?: Ranges };

const packages = publishedPackages();
const names = packages.map(({ name }) => name);

function edit(folder: string, change: (manifest: EditableManifest) => void): void {
  const file = resolve(folder, "package.json");
  const manifest = JSON.parse(readFileSync(file, "utf8")) as EditableManifest;
  change(manifest);
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Sets the ranges of our own packages. */
function setRanges(ranges: Ranges, version: string): void {
  for (const name of names.filter((each) => each in ranges)) ranges[name] = version;
}

// Changesets makes a release major if a peer dependency gets a minor release. All packages share one version, so that would
// make every minor release major. Changesets runs without the peer dependencies for this reason.
const peers = packages.map(({ path, manifest }) => ({ path, ranges: { ...manifest.peerDependencies } }));
for (const { path } of peers) {
  edit(path, (manifest) => {
    for (const name of names) delete manifest.peerDependencies?.[name];
  });
}
execFileSync("changeset", ["version"], { stdio: "inherit" });
const { version } = readManifest("packages/cloudtask");
for (const { path, ranges } of peers) {
  setRanges(ranges, version);
  edit(path, (manifest) => {
    if (manifest.peerDependencies) manifest.peerDependencies = ranges;
  });
}
// examples/next is not a workspace, so changesets does not know it.
edit("examples/next", ({ dependencies = {}, devDependencies = {} }) => {
  setRanges(dependencies, version);
  setRanges(devDependencies, version);
});
execFileSync("npm", ["install", "--package-lock-only", "--ignore-scripts"], { stdio: "inherit" });
