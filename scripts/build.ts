/**
 * Builds the package in the current folder: one entry per subpath, what they share in common chunks, so that a cold start
 * reads few files; declarations by the TypeScript compiler.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { builtinModules } from "node:module";
import { basename } from "node:path";
import { rolldown } from "rolldown";
import { finishDeclarations } from "./declarations.ts";

interface Manifest {
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
  readonly imports?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The source of every built file that the manifest names, by the name of the file. */
function entriesOf(manifest: Manifest): Record<string, string> {
  const entries: Record<string, string> = {};
  for (const target of Object.values(manifest.exports)) {
    if (typeof target === "string") continue;
    const source = target.types.replace("./dist/types/", "src/").replace(".d.ts", ".ts");
    entries[basename(source, ".ts")] = source;
  }
  // The file of a command stands in the repository, and loads this one.
  if (manifest.bin) entries.cli = "src/cli.ts";
  for (const conditions of Object.values(manifest.imports ?? {})) {
    for (const [condition, built] of Object.entries(conditions)) {
      if (condition === "types") continue;
      const name = basename(built, ".js");
      entries[name] = `src/transport/${name}.ts`;
    }
  }
  return entries;
}

/** The declarations that the manifest names, in the folder of declarations. */
function declarationsOf({ exports, imports = {} }: Manifest): string[] {
  const targets = [...Object.values(exports), ...Object.values(imports)];
  const named = targets.flatMap((target) => (typeof target === "string" ? [] : [target.types ?? ""]));
  return named.map((file) => file.replace("./dist/types/", ""));
}

/**
 * Everything that is not a path of this package stays an import, but for what is many files of which little is used: without
 * it the emulator takes a third longer to load. Its licenses are in packages/emulator/THIRD_PARTY_LICENSES.
 */
const BUNDLED = /^@bufbuild\/protobuf(?:\/|$)/;

async function bundle(input: Record<string, string>): Promise<void> {
  const built = await rolldown({
    input,
    external: (id) => builtinModules.includes(id) || (/^[^./]/.test(id) && !BUNDLED.test(id)),
    tsconfig: false,
  });
  await built.write({
    dir: "dist",
    format: "esm",
    chunkFileNames: ({ name }) => `_${name.replace(/^_/, "")}.js`,
    sourcemap: true,
    // Every byte is read at a cold start. What is said in comments stands in the declarations and in the source maps; names
    // and lines stay, so that a stack trace can be read without them.
    comments: { annotation: true, jsdoc: false, legal: false },
    // What two entries share stands in one file, and not in one for each pair of them: the heart first, since a group takes
    // along what its modules import. It has nothing of what only adapters or only tests need.
    codeSplitting: {
      groups: [
        { name: "shared", test: (id) => !/\/src\/(adapters|testing)\//.test(id), minShareCount: 2, priority: 2 },
        // It alone imports from Node, which must not reach what runs elsewhere.
        { name: "node-bridge", test: /_node-bridge/, priority: 1 },
        { name: "testing", test: /\/src\/testing\//, minShareCount: 2 },
      ],
    },
  });
  await built.close();
}

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
rmSync("dist", { recursive: true, force: true });
// A few pure functions: with copies of their own, whoever wants them loads 4 kB and not the library.
const { internal, ...entries } = entriesOf(manifest);
await bundle(entries);
if (internal !== undefined) await bundle({ internal });
// A package that is only a command has nothing to declare.
if (existsSync("tsconfig.build.json")) {
  execFileSync("tsc", ["-p", "tsconfig.build.json"], { stdio: "inherit" });
  finishDeclarations("dist/types", declarationsOf(manifest));
}
