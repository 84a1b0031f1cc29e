import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { expect, test, vi } from "vitest";
import { library, packages } from "./support/packed.ts";

vi.setConfig({ testTimeout: 60_000 });

/** The comment in a bundle above the code of a package. */
const FOREIGN = /^\/\/.*node_modules\/((?:@[^/]+\/)?[^/]+)\//gm;

/** The comment in a bundle above code that was generated from Google's protos. */
const GENERATED = /^\/\/#region src\/gen\/google\//m;

const libraries = packages.filter(({ manifest }) => manifest.types !== undefined);

test.each(packages)("publint reports no problem in $name", async ({ folder }) => {
  const { messages } = await publint({ pkgDir: folder, pack: false, strict: true });
  expect(messages).toEqual([]);
});

// Two modes of TypeScript cannot resolve everything (docs/decisions/esm-only.md). node10 does not read `exports`, so it finds only the
// main entry. node16-cjs, a CommonJS file under `module: node16`, does not know that Node can require() a module since 20.19.
test.each(libraries)("types of $name resolve in every mode that can resolve them", async (packed) => {
  const analysis = await checkPackage(createPackageFromTarballData(readFileSync(packed.tarball)));
  const problems = "problems" in analysis ? analysis.problems : [];
  const exported = Object.keys(packed.manifest.exports).filter((subpath) => subpath !== "./package.json");
  expect(problems.map((problem) => ("entrypoint" in problem ? problem : { kind: problem.kind }))).toEqual(
    exported.flatMap((entrypoint) => [
      ...(entrypoint === "." ? [] : [{ kind: "NoResolution", entrypoint, resolutionKind: "node10" }]),
      { kind: "CJSResolvesToESM", entrypoint, resolutionKind: "node16-cjs" },
    ]),
  );
});

test.each(packages)("$name contains only built files, its documents and its licenses", ({ folder }) => {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.includes("."));
  const built = /^(?:dist\/[\w.-]+\.js(?:\.map)?|dist\/types\/.+\.d\.ts|bin\/cloudtask\.js)$/;
  const dashboard =
    /^dist\/dashboard\/(?:index\.html|icon\.svg|THIRD_PARTY_LICENSES\.md|assets\/index-[\w-]{8}\.(?:css|js))$/;
  const documents = ["CHANGELOG.md", "README.md", "package.json"];
  const isOwn = (file: string): boolean => built.test(file) || dashboard.test(file) || documents.includes(file);
  expect(files.filter((file) => !isOwn(file) || /\.test\./.test(file))).toEqual([]);
  expect(files).toEqual(expect.arrayContaining(documents));
  expect(readFileSync(join(folder, "LICENSE"), "utf8")).toBe(readFileSync("LICENSE", "utf8"));
});

test.each(packages)("$name contains the licenses of all bundled code", ({ folder, manifest }) => {
  const files = readdirSync(join(folder, "dist")).filter((file) => file.endsWith(".js"));
  const code = files.map((file) => readFileSync(join(folder, "dist", file), "utf8"));
  const bundled = code.flatMap((text) => [...text.matchAll(FOREIGN)].map(([, name = ""]) => name));
  const protos = code.some((text) => GENERATED.test(text)) ? ["@google-cloud/tasks", "google-gax"] : [];
  const names = [...new Set([...bundled, ...protos])];
  const path = join(folder, "THIRD_PARTY_LICENSES");
  const licenses = existsSync(path) ? readFileSync(path, "utf8") : "";
  expect(names.filter((name) => !licenses.includes(`\n${name}, version `))).toEqual([]);
  expect(names.filter((name) => name in (manifest.dependencies ?? {}))).toEqual([]);
  expect(licenses.includes("TERMS AND CONDITIONS")).toBe(names.length > 0);
});

test("the licenses of the dashboard name the packages in its pages", () => {
  const emulator = packages.find(({ name }) => name === "@cloudtask/emulator");
  const licenses = readFileSync(join(emulator?.folder ?? "", "dist/dashboard/THIRD_PARTY_LICENSES.md"), "utf8");
  expect([...licenses.matchAll(/^## (\S+) - /gm)].map(([, name]) => name).sort()).toEqual([
    "@preact/signals",
    "@preact/signals-core",
    "@tanstack/virtual-core",
    "preact",
  ]);
});

test("the emulator's licenses name protobuf and the sources of Google's protos", () => {
  const emulator = packages.find(({ name }) => name === "@cloudtask/emulator");
  const licenses = readFileSync(join(emulator?.folder ?? "", "THIRD_PARTY_LICENSES"), "utf8");
  expect([...licenses.matchAll(/^(\S+), version /gm)].map(([, name]) => name)).toEqual([
    "@bufbuild/protobuf",
    "@google-cloud/tasks",
    "google-gax",
  ]);
});

test("all packages have one version, which the built code knows, and depend on exactly that version", async () => {
  const { VERSION } = await import(join(library.folder, "dist/internal.js"));
  const names = packages.map(({ name }) => name);
  const versions = packages.flatMap(({ manifest }) => [
    manifest.version,
    ...Object.entries(manifest.dependencies ?? {}).flatMap(([name, range]) => (names.includes(name) ? [range] : [])),
  ]);
  expect([...new Set(versions)]).toEqual([VERSION]);
});

test.each(packages)("every file that the manifest of $name names was packed", ({ folder, manifest }) => {
  const { main = [], types = [], bin = {}, exports } = manifest;
  const exported = Object.values(exports).flatMap((target) =>
    typeof target === "string" ? target : Object.values(target),
  );
  const named = [main, types, exported, Object.values(bin)].flat(2);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((file) => !existsSync(join(folder, file)))).toEqual([]);
});

test("resolvers that do not read exports find the main entry", () => {
  const { exports, types, main } = library.manifest;
  expect(exports["."]).toMatchObject({ types, node: main });
});

test("the library installs jose and no other package", () => {
  const { dependencies, peerDependencies = {}, peerDependenciesMeta = {} } = library.manifest;
  expect(Object.keys(dependencies ?? {})).toEqual(["jose"]);
  expect(Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true)).toEqual([]);
});
