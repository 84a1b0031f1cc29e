import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const page = await readFile("docs/security.md", "utf8");

/** The source text of the folders that authenticate callers. */
async function sources(): Promise<string> {
  const folders = ["auth", "worker"].map((room) => join("packages/cloudtask/src", room));
  const files = (
    await Promise.all(folders.map(async (folder) => (await readdir(folder)).map((f) => join(folder, f))))
  ).flat();
  const code = files.filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  return (await Promise.all(code.map((file) => readFile(file, "utf8")))).join("\n");
}

test("the page on security stays short", () => {
  expect(page.split("\n").length).toBeLessThanOrEqual(150);
});

test("the code of the page on security compiles", async () => {
  const folder = await mkdtemp(join(process.cwd(), "node_modules", ".security-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
  expect(blocks.length).toBeGreaterThan(3);
  const files = blocks.map((_, index) => `block-${index}.ts`);
  await Promise.all(blocks.map((code, index) => writeFile(join(folder, `block-${index}.ts`), code)));
  const config = { extends: resolve("tsconfig.json"), files, include: [] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { stdout } = await promisify(execFile)(resolve("node_modules/.bin/tsc"), ["--noEmit", "-p", folder]);
  expect(stdout).toBe("");
});

test("the responses that the page on security explains exist in the code", async () => {
  const code = (await sources()).replaceAll(/\$\{header\}/g, "Authorization").replaceAll("\\`", "`");
  const rows = [...page.slice(page.indexOf("| the answer says |")).matchAll(/^\| `([^|]*)` \|/gm)];
  const phrases = rows.flatMap(([, answer = ""]) => answer.split('"…"').map((part) => part.trim()));
  expect(rows).toHaveLength(6);
  expect(phrases.filter((phrase) => !code.includes(phrase))).toEqual([]);
});
