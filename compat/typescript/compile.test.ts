import { readFile } from "node:fs/promises";
import { expect, test, vi } from "vitest";
import { subpaths } from "../packaging/support/packed.ts";
import { compilers, type Settings } from "./support/compilers.ts";

vi.setConfig({ testTimeout: 120_000 });

/** Together they use every subpath. */
const PROGRAM = ["core", "frameworks", "nest", "tests"].map((name) => `programs/${name}.ts`);

const MODES: Readonly<Record<string, Settings>> = {
  nodenext: { module: "nodenext", moduleResolution: "nodenext" },
  node16: { module: "node16", moduleResolution: "node16" },
  bundler: { module: "esnext", moduleResolution: "bundler" },
};

// The oldest and the newest version compile everything in every mode. Module resolution does not change between them, so for the
// other versions most modes are tested with the library only.
const EXTREMES = ["5.6", "7"];
const extremes = compilers.filter(({ version }) => EXTREMES.includes(version));

const cases = compilers.flatMap((compiler) =>
  Object.entries(MODES).map(([mode, settings]) => {
    const files = extremes.includes(compiler) || mode === "nodenext" ? PROGRAM : ["programs/core.ts"];
    return { version: compiler.version, mode, compiler, settings, files };
  }),
);

test.each(cases)(
  "TypeScript $version, $mode: valid programs compile, and mistakes do not",
  async ({ compiler, files, settings }) => {
    expect(await compiler.errors(files, settings)).toEqual([]);
  },
);

test.each(extremes)(
  "TypeScript $version: the library requires no types of Node, only those of the DOM",
  async (compiler) => {
    const settings = { module: "esnext", moduleResolution: "bundler", lib: ["es2022", "dom"], types: [] };
    expect(await compiler.errors(["programs/edge.ts"], settings)).toEqual([]);
  },
);

test("the program uses every subpath that users may import", async () => {
  const sources = await Promise.all(PROGRAM.map((file) => readFile(new URL(file, import.meta.url), "utf8")));
  const imported = sources.join("\n").matchAll(/"(cloudtask[^"]*)"/g);
  const used = new Set([...imported].map(([, name]) => name));
  expect(subpaths.filter((subpath) => !subpath.startsWith("cloudtask/internal") && !used.has(subpath))).toEqual([]);
});
