import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { runNode, runtimes } from "../packaging/support/run-node.ts";
import { compilers } from "./support/compilers.ts";
import { transpile } from "./support/transpile.ts";

const PROGRAM = "programs/commonjs/program.ts";

/** The compiler's error for a `require` of an ES module. */
const ERRORS = [/program\.ts: TS1479 .*import\("cloudtask"\)/, /program\.ts: TS1479 .*import\("cloudtask\/node"\)/];

const modules = fileURLToPath(new URL("../node_modules", import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(modules, ".common-js-test-"));
  const source = await readFile(fileURLToPath(new URL(PROGRAM, import.meta.url)), "utf8");
  await writeFile(join(folder, "program.cjs"), transpile(source));
});

afterAll(() => rm(folder, { recursive: true }));

const compilersOf = (version: string): (typeof compilers)[number][] =>
  compilers.filter((compiler) => compiler.version === version);

const NODE10 = ["5.6", "5.7", "5.8", "5.9"];

test.each(compilers.filter(({ version }) => !NODE10.includes(version)))(
  "TypeScript $version: a project that compiles to CommonJS needs no changes",
  async (compiler) => {
    expect(await compiler.errors([PROGRAM], { module: "commonjs" })).toEqual([]);
  },
);

// Their default for CommonJS, `moduleResolution: node10`, does not read `exports`.
test.each(NODE10.flatMap(compilersOf))(
  "TypeScript $version: a project that compiles to CommonJS finds the main entry only",
  async (compiler) => {
    const errors = await compiler.errors([PROGRAM], { module: "commonjs" });
    expect(errors).toEqual([expect.stringMatching(/program\.ts: TS2307 .*'cloudtask\/node'/)]);
  },
);

test.each(["5.8", "7"].flatMap(compilersOf))(
  "TypeScript $version, nodenext: a CommonJS file may import it",
  async (compiler) => {
    expect(await compiler.errors([PROGRAM], { module: "nodenext" })).toEqual([]);

    vi.setConfig({ testTimeout: 60_000 });
  },
);

// docs/decisions/esm-only.md states that these modes do not work. These tests fail when that changes.
test.each([
  ...compilersOf("5.7").map((compiler) => ({ compiler, module: "nodenext", version: "5.7" })),
  ...compilersOf("7").map((compiler) => ({ compiler, module: "node16", version: "7" })),
])(
  "TypeScript $version, $module: a CommonJS file gets an error that suggests import()",
  async ({ compiler, module }) => {
    const errors = await compiler.errors([PROGRAM], { module });
    expect(errors).toEqual(ERRORS.map((message) => expect.stringMatching(message)));
  },
);

test.each(runtimes)("the program that was compiled to CommonJS runs on $node", async ({ binary }) => {
  const ran = await runNode([join(folder, "program.cjs")], { binary });
  expect(ran).toEqual({ stdout: "hello world, function\n", stderr: "", code: 0 });
});
