import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const PAGE = "docs/testing.md";

let folder: string;

beforeAll(async () => {
  await mkdir(".built", { recursive: true });
  folder = await mkdtemp(resolve(".built", "testing-"));
  const page = await readFile(PAGE, "utf8");
  for (const [, name = "", code = ""] of page.matchAll(/```ts\n\/\/ (\S+\.ts)\n([\s\S]*?)```/g)) {
    await writeFile(join(folder, name), code);
  }
  const vitest = { include: [join(folder, "*.test.ts")] };
  const config = `import base from ${JSON.stringify(resolve("vitest.config.ts"))};\nexport default { ...base, test: ${JSON.stringify(vitest)} };\n`;
  await writeFile(join(folder, "vitest.config.mjs"), config);
  const tsconfig = { extends: resolve("tsconfig.json"), include: ["*.ts"], exclude: [] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
});

afterAll(() => rm(folder, { recursive: true }));

/** Runs a command and returns its output, even if it fails. */
async function output(command: string, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined };
  const running = promisify(execFile)(resolve("node_modules/.bin", command), args, { env });
  const { stdout, stderr } = await running.catch((error: { stdout: string; stderr: string }) => error);
  return stdout + stderr;
}

test("the code of docs/testing.md compiles", async () => {
  expect(await output("tsc", "--noEmit", "-p", folder)).not.toMatch(/error TS/);
}, 60_000);

test("the tests of docs/testing.md pass", async () => {
  const printed = await output("vitest", "run", "--config", join(folder, "vitest.config.mjs"));
  expect(printed).toMatch(/Test Files {2}4 passed \(4\)/);
  expect(printed).toMatch(/Tests {2}7 passed \(7\)/);
}, 60_000);

test("every TypeScript block of docs/testing.md is a file that runs", async () => {
  const page = await readFile(PAGE, "utf8");
  expect([...page.matchAll(/```ts\n(?!\/\/ \S+\.ts\n)/g)]).toEqual([]);
});
