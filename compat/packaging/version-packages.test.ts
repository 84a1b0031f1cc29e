import { execFile } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { publishedPackages } from "../../scripts/packages.ts";
import { isThorough } from "../../test/support/thorough.ts";
import { copyRepository } from "./support/copy-repository.ts";

const TIMEOUT_MS = 60_000;
const MANIFESTS = ["demo", "benchmarks", "examples/express", "examples/next", "examples/nest"];

const packages = publishedPackages();
const [
  {
    manifest: { version },
  } = { manifest: { version: "" } },
] = packages;
const [major, minor, patch] = version.split(".").map(Number) as [number, number, number];

/** Both run the same commands, for ten seconds. A minor change is the harder case: Changesets treats peer dependencies specially. */
const changes: readonly (readonly [kind: string, version: string])[] = [
  ["minor", `${major}.${minor + 1}.0`],
  ...(isThorough ? [["patch", `${major}.${minor}.${patch + 1}`] as const] : []),
];

test.each(changes)(
  "a %s change of one package gives all packages and their ranges the version %s",
  { timeout: TIMEOUT_MS },
  async (kind, next) => {
    const clone = await copyRepository();
    onTestFinished(() => rm(clone, { recursive: true }));
    const pending = (await readdir(join(clone, ".changeset"))).filter((file) => /^(?!README).*\.md$/.test(file));
    await Promise.all(pending.map((file) => rm(join(clone, ".changeset", file))));
    await writeFile(join(clone, ".changeset", "change.md"), `---\n"cloudtask": ${kind}\n---\n\nAccepts more.\n`);
    const git = (...args: readonly string[]) =>
      promisify(execFile)("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], {
        cwd: clone,
      });
    await git("init", "--quiet", "--initial-branch=main");
    await git("add", ".changeset");
    await git("commit", "--quiet", "--message=change");
    await promisify(execFile)("npm", ["run", "--silent", "version-packages"], { cwd: clone });

    const names = packages.map(({ name }) => name);
    const folders = [...packages.map(({ folder }) => `packages/${folder}`), ...MANIFESTS];
    for (const folder of folders) {
      const { dependencies, devDependencies, peerDependencies } = JSON.parse(
        await readFile(join(clone, folder, "package.json"), "utf8"),
      );
      const ranges = Object.entries({ ...dependencies, ...devDependencies, ...peerDependencies });
      expect(ranges.filter(([name, range]) => names.includes(name) && range !== next)).toEqual([]);
    }
    expect(publishedPackages(clone).map(({ manifest }) => manifest.version)).toEqual(packages.map(() => next));
    expect(await readFile(join(clone, "packages/cloudtask/CHANGELOG.md"), "utf8")).toContain(`## ${next}\n`);
    const lock = JSON.parse(await readFile(join(clone, "package-lock.json"), "utf8"));
    expect(packages.map(({ folder }) => lock.packages[`packages/${folder}`].version)).toEqual(packages.map(() => next));
  },
);

test("changesets releases every published package with the same version", async () => {
  const { fixed } = JSON.parse(await readFile(".changeset/config.json", "utf8"));
  expect(fixed.map((group: readonly string[]) => group.toSorted())).toEqual([
    packages.map(({ name }) => name).toSorted(),
  ]);
});
