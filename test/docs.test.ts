import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { commands } from "../packages/cli/src/commands.ts";
import { parseLine } from "../packages/cli/test/support/parse-line.ts";
import { allPages, type Page, writePages } from "./support/docs-pages.ts";
import { commandsOf } from "./support/markdown.ts";

const pages = await allPages();

/** Pages whose imports are installed in compat/ and resolved as by a bundler. */
const BUNDLED = /^(quick-start\/(nextjs|nitro|sveltekit|cloudflare-workers)|shutdown-full-stack)\.md$/;

async function compile(parent: string, pages: readonly Page[], options: object): Promise<string> {
  const { folder, files, remove } = await writePages(parent, pages);
  onTestFinished(remove);
  const { compilerOptions } = JSON.parse(readFileSync("tsconfig.json", "utf8"));
  const paths = Object.entries<string[]>(compilerOptions.paths).map(([name, [to = ""]]) => [name, [resolve(to)]]);
  const config = {
    extends: resolve("tsconfig.json"),
    compilerOptions: {
      typeRoots: [resolve("node_modules/@types")],
      // Parameter properties are usual in NestJS.
      erasableSyntaxOnly: false,
      paths: { ...Object.fromEntries(paths), "$lib/*": [join(folder, "quick-start/sveltekit/src/lib/*")] },
      ...options,
    },
    include: [],
    files: [...files, resolve("test/support/docs/globals.d.ts")],
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  const tsc = promisify(execFile)(resolve("node_modules/.bin/tsc"), ["--noEmit", "-p", folder]);
  const { stdout } = await tsc.catch((error: { stdout: string }) => error);
  return stdout.replaceAll(/^.*\.built\/docs-\w+\//gm, "");
}

test("the code of the pages compiles", async () => {
  const selected = pages.filter(({ path }) => !BUNDLED.test(path));
  expect(await compile(".", selected, {})).toBe("");
});

test("the code of the pages about frameworks with a bundler compiles", async () => {
  const selected = pages.filter(({ path }) => BUNDLED.test(path));
  expect(await compile("compat", selected, { module: "preserve", moduleResolution: "bundler" })).toBe("");
});

test.each(pages)("$path stays short", ({ text }) => {
  expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(150);
});

/** The anchor that GitHub creates for a heading. */
function anchorOf(heading: string): string {
  const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
  return words.replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, "").replaceAll(" ", "-");
}

function anchorsOf(file: string): readonly string[] {
  const text = readFileSync(file, "utf8").replaceAll(/^```[\s\S]*?^```$/gm, "");
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading));
}

test.each(pages)("the links of $path are valid", ({ path, text }) => {
  const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, "").replaceAll(/`[^`\n]*`/g, "");
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  const broken = links.filter((link) => {
    if (/^https:\/\//.test(link)) return false;
    const [file = "", anchor] = link.split("#");
    const target = file === "" ? join("docs", path) : join("docs", dirname(path), file);
    return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
  });
  expect(broken).toEqual([]);
});

const calls = pages.flatMap(({ path, text }) =>
  commandsOf(text)
    .map((command) => /\bnpx (?:@cloudtask\/cli|cloudtask) ([^&<>)]*)/.exec(command)?.[1]?.trim())
    .filter((call) => call !== undefined)
    .map((call) => ({ path, call })),
);

test("every cloudtask command in the pages exists and accepts its flags", async () => {
  expect(calls.length).toBeGreaterThan(15);
  for (const { path, call } of calls) {
    await expect(parseLine(call.split(/\s+/), commands), `${path}: ${call}`).resolves.toBeDefined();
  }
});

const architecture = readFileSync("ARCHITECTURE.md", "utf8");
const sources = (await readdir("packages")).map((name) => join("packages", name, "src"));

test("every file and folder of the sources that ARCHITECTURE.md names exists", () => {
  const named = [...architecture.matchAll(/`((?!cloudtask\/|test\/)[a-z]+(?:\/[_a-z0-9-]+)+)`/g)].map(
    ([, name = ""]) => name,
  );
  expect(named.length).toBeGreaterThan(20);
  expect(
    named.filter(
      (name) => ![`${name}.ts`, name].some((path) => sources.some((folder) => existsSync(join(folder, path)))),
    ),
  ).toEqual([]);
});

test("ARCHITECTURE.md names every folder of the sources", async () => {
  const entries = await Promise.all(sources.map((folder) => readdir(folder, { withFileTypes: true })));
  const folders = entries.flat().filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).filter((name) => !architecture.includes(`${name}/`))).toEqual([]);
});

test("the index links to every page", () => {
  const index = readFileSync("docs/README.md", "utf8");
  const missing = pages.filter(({ path }) => path !== "README.md" && !path.startsWith("decisions/"));
  expect(missing.filter(({ path }) => !index.includes(`](${path}`)).map(({ path }) => path)).toEqual([]);
});
