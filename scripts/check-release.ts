/**
 * Fails while something that the project cannot know before its first release is missing: the address of the repository in
 * each package.json, and the address for security reports. RELEASING.md explains how to set them.
 */
import { readFileSync } from "node:fs";
import { publishedPackages } from "./packages.ts";

/** Marks text that a maintainer has to replace before the first release. */
const PLACEHOLDER = /TODO\(release\)/;
const REPOSITORY = /^git\+https:\/\/github\.com\/[\w.-]+\/[\w.-]+\.git$/;

const packages = publishedPackages();
const problems: string[] = [];
for (const { name, folder, manifest } of packages) {
  const { repository, homepage, bugs } = manifest;
  if (!REPOSITORY.test(repository?.url ?? "")) problems.push(`${name}: "repository.url" is missing`);
  else if (repository?.directory !== `packages/${folder}`) {
    problems.push(`${name}: "repository.directory" must be "packages/${folder}", received "${repository?.directory}"`);
  }
  if (homepage === undefined) problems.push(`${name}: "homepage" is missing`);
  if (bugs?.url === undefined) problems.push(`${name}: "bugs.url" is missing`);
}
if (new Set(packages.map(({ manifest }) => manifest.version)).size > 1) problems.push("the versions differ");
for (const file of ["SECURITY.md", ...packages.map(({ folder }) => `packages/${folder}/README.md`)]) {
  if (PLACEHOLDER.test(readFileSync(file, "utf8"))) problems.push(`${file}: contains TODO(release)`);
}
for (const problem of problems) console.error(problem);
if (problems.length > 0)
  console.error("\nThe packages are not ready for a release. See RELEASING.md, section 'Before the first release'.");
process.exitCode = problems.length > 0 ? 1 : 0;
