import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { expect, test, vi } from "vitest";
import { library, packages } from "./support/packed.ts";

vi.setConfig({ testTimeout: 60_000 });

/** Where a bundle says that what follows comes from a package. */
const FOREIGN = /^\/\/.*node_modules\/((?:@[^/]+\/)?[^/]+)\//gm;

const libraries = packages.filter(({ manifest }) => manifest.types !== undefined);

test.each(packages)("publint has nothing to say against $name", async ({ folder }) => {
  const { messages } = await publint({ pkgDir: folder, pack: false, strict: true });
  expect(messages).toEqual([]);
});

// node16-cjs is TypeScript's mode for a CommonJS file under `module: node16`, which knows no require() of a module. Node has
// had it since 20.19, the oldest that the packages take, and TypeScript knows it from `module: node20` on: docs/decisions/esm-only.md.
test.each(libraries)(
  "types of $name resolve in every mode; only node16 from CommonJS is told that it is ESM",
  async (packed) => {
    const analysis = await checkPackage(createPackageFromTarballData(readFileSync(packed.tarball)));
    const problems = "problems" in analysis ? analysis.problems : [];
    const exported = Object.keys(packed.manifest.exports).filter((subpath) => subpath !== "./package.json");
    expect(problems.map((problem) => ("entrypoint" in problem ? problem : { kind: problem.kind }))).toEqual(
      exported.map((entrypoint) => ({ kind: "CJSResolvesToESM", entrypoint, resolutionKind: "node16-cjs" })),
    );
  },
);

test.each(packages)("nothing is packed in $name but what was built, and what says whose it is", ({ folder }) => {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.includes("."));
  const built = /^(?:dist\/[\w.-]+\.js(?:\.map)?|dist\/types\/.+\.d\.ts|bin\/cloudtask\.js|package\.json|README\.md)$/;
  expect(files.filter((file) => !built.test(file) || /\.test\./.test(file))).toEqual([]);
  expect(existsSync(join(folder, "LICENSE"))).toBe(true);
});

test.each(packages)("$name says whose code it contains, where that is not ours", ({ folder, manifest }) => {
  const built = readdirSync(join(folder, "dist")).filter((file) => file.endsWith(".js"));
  const regions = built.flatMap((file) => [...readFileSync(join(folder, "dist", file), "utf8").matchAll(FOREIGN)]);
  const names = [...new Set(regions.map(([, name = ""]) => name))];
  const licenses = join(folder, "THIRD_PARTY_LICENSES");
  const licensed = existsSync(licenses) ? readFileSync(licenses, "utf8") : "";
  expect(names.filter((name) => !licensed.includes(`${name}, `) || name in (manifest.dependencies ?? {}))).toEqual([]);
});

test.each(packages)("every file that the manifest of $name names was packed", ({ folder, manifest }) => {
  const { main = [], types = [], bin = {}, exports, typesVersions = {} } = manifest;
  const exported = Object.values(exports).flatMap((target) =>
    typeof target === "string" ? target : Object.values(target),
  );
  const older = Object.values(typesVersions).flatMap((versions) => Object.values(versions));
  const named = [main, types, exported, Object.values(bin), older].flat(2);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((file) => !existsSync(join(folder, file)))).toEqual([]);
});

test("resolvers that do not know exports find the types of every subpath that exports names", () => {
  const { exports, types, main, typesVersions } = library.manifest;
  const listed = Object.entries(exports).flatMap(([subpath, target]) =>
    typeof target === "string" || subpath === "." ? [] : [[subpath.slice("./".length), [target.types]]],
  );
  expect(typesVersions).toEqual({ "*": Object.fromEntries(listed) });
  expect({ types, default: main }).toEqual(exports["."]);
});

test("whoever installs the library installs jose, and nothing else that he did not ask for", () => {
  const { dependencies, peerDependencies = {}, peerDependenciesMeta = {} } = library.manifest;
  expect(Object.keys(dependencies ?? {})).toEqual(["jose"]);
  expect(Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true)).toEqual([]);
});
