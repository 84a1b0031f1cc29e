import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const benchmarks = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Compiles processes of a benchmark to JavaScript, so no compiler is measured. Packages are imported from `node_modules`: ours as
 * they are published, built.
 *
 * @param folder - the folder of the benchmark in `benchmarks/src`
 * @param names - the names of the files, without `.ts`
 * @returns a function that returns the path of a compiled file
 */
export async function compile(folder: string, names: readonly string[]): Promise<(name: string) => string> {
  const outdir = join(benchmarks, "dist", folder);
  await build({
    entryPoints: names.map((name) => join(benchmarks, "src", folder, `${name}.ts`)),
    entryNames: "[name]",
    outdir,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    // Without the paths of the repository's configuration, which lead to the sources of our packages.
    tsconfigRaw: {},
    logLevel: "warning",
  });
  return (name) => join(outdir, `${name.split("/").pop()}.js`);
}
