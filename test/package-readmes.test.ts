import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { publishedPackages } from "../scripts/packages.ts";
import { blocksOf } from "./support/markdown.ts";

const readmes = await Promise.all(
  publishedPackages().map(async (published) => ({
    ...published,
    readme: await readFile(join(published.path, "README.md"), "utf8"),
  })),
);

test("the first example of each package's README compiles", async () => {
  const folder = await mkdtemp(join(process.cwd(), "node_modules", ".readmes-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const examples = readmes.flatMap(({ folder: name, readme }) => {
    const [first] = blocksOf(readme).filter(({ language }) => language === "ts");
    return first === undefined ? [] : [{ file: `${name}.ts`, code: first.code }];
  });
  expect(examples.map(({ file }) => file)).toEqual(["cloudtask.ts", "emulator.ts", "nestjs.ts"]);
  for (const { file, code } of examples) await writeFile(join(folder, file), code);
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  const config = { extends: resolve("tsconfig.json"), include: ["*.ts"], exclude: [] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  const compiler = promisify(execFile)(resolve("node_modules/.bin/tsc"), ["--noEmit", "-p", folder]);
  const { stdout } = await compiler.catch((error: { stdout: string }) => error);
  expect(stdout).toBe("");
});

test.each(readmes)("the README of $name names every public subpath", ({ name, manifest, readme }) => {
  const subpaths = Object.keys(manifest.exports).filter((path) => !/^\.$|package\.json|internal/.test(path));
  expect(subpaths.filter((path) => !readme.includes(`\`${path.replace(".", name)}\``))).toEqual([]);
});

test.each(readmes)("the README of $name says how to install it", ({ name, readme }) => {
  expect(readme).toMatch(new RegExp(`npm install .*${name}`));
});

test.each(readmes)("the links in the README of $name exist", ({ path, readme }) => {
  const links = [...readme.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, link = ""]) => link);
  expect(links.filter((link) => !link.startsWith("https://") && !existsSync(join(path, link)))).toEqual([]);
});
