import { gzipSync } from "node:zlib";
import { type BuildOptions, build, type Metafile } from "esbuild";

/** The sizes of a bundled and minified program, in bytes. */
export interface BundleSize {
  readonly minified: number;
  readonly gzipped: number;
  /** The same without the files that are imported late. */
  readonly gzippedAtStart: number;
}

/** The surroundings of a bundled program. */
export interface BundlePlace {
  /** The folder whose `node_modules` has the imported packages. */
  readonly resolveDir: string;
  /** Packages that are not counted. */
  readonly external?: readonly string[];
}

/** Bundles a program with all its imports except those of Node and the external ones. */
export async function bundleSize(program: string, { resolveDir, external = [] }: BundlePlace): Promise<BundleSize> {
  const options = {
    stdin: { contents: program, resolveDir },
    // The paths of this repository's tsconfig.json point to the sources.
    tsconfigRaw: {},
    external: [...external],
    bundle: true,
    minify: true,
    write: false,
    outdir: "bundle",
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "error",
  } as const satisfies BuildOptions;
  const [whole] = (await build(options)).outputFiles;
  const { outputFiles, metafile } = await build({ ...options, splitting: true, metafile: true });
  const atStart = loadedAtStart(metafile.outputs);
  const gzipped = (contents: Uint8Array): number => gzipSync(contents, { level: 9 }).length;
  return {
    minified: whole?.contents.length ?? Number.NaN,
    gzipped: gzipped(whole?.contents ?? new Uint8Array()),
    gzippedAtStart: outputFiles
      .filter(({ path }) => [...atStart].some((each) => path.endsWith(each)))
      .reduce((sum, { contents }) => sum + gzipped(contents), 0),
  };
}

/** Returns the file of the entry and the files that it imports statically, directly or through others. */
function loadedAtStart(outputs: Metafile["outputs"]): ReadonlySet<string> {
  const paths = Object.keys(outputs).filter((path) => outputs[path]?.entryPoint === "<stdin>");
  for (const path of paths) {
    const imports = outputs[path]?.imports.filter(({ kind, external }) => kind === "import-statement" && !external);
    paths.push(...(imports ?? []).map((each) => each.path).filter((each) => !paths.includes(each)));
  }
  return new Set(paths);
}
