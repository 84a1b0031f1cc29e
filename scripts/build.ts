/**
 * Builds the package in the current folder: one entry per subpath, what they share in common chunks, so that a cold start
 * reads few files; declarations by the TypeScript compiler.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { basename, join } from "node:path";
import { rolldown } from "rolldown";

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

/** The compiler leaves `.ts` in the specifiers of declarations; consumers with older resolvers need `.js`. */
function rewriteDeclarations(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!entry.endsWith(".d.ts")) continue;
    const file = join(folder, entry);
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace(/((?:from|import)\s*\(?\s*"\.[^"]*)\.ts"/g, '$1.js"'));
  }
}

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
rmSync("dist", { recursive: true, force: true });
const bundle = await rolldown({
  input: entriesOf(manifest),
  // Everything that is not a path of this package stays an import: nothing of anyone else is bundled.
  external: (id) => builtinModules.includes(id) || /^[^./]/.test(id),
  tsconfig: false,
});
await bundle.write({
  dir: "dist",
  format: "esm",
  chunkFileNames: "_[name].js",
  sourcemap: true,
  // What two entries share stands in one file, and not in one for each pair of them.
  // The bridge stands apart: it alone imports from Node, which must not reach what runs elsewhere.
  codeSplitting: {
    groups: [
      { name: "node-bridge", test: /_node-bridge/, priority: 1 },
      { name: "shared", minShareCount: 2 },
    ],
  },
});
await bundle.close();
// A package that is only a command has nothing to declare.
if (existsSync("tsconfig.build.json")) {
  execFileSync("tsc", ["-p", "tsconfig.build.json"], { stdio: "inherit" });
  rewriteDeclarations("dist/types");
}
