import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { type BuildOptions, build, type Metafile } from "esbuild";

/** The sizes of a bundled and minified program, in bytes. */
export interface Size {
  readonly minified: number;
  readonly gzipped: number;
  /** The size without the code that is imported late, if the bundler writes such code to files of its own. */
  readonly gzippedAtStart: number;
}

/** Packages that users have regardless of the library. */
const EXTERNAL = ["@nestjs/*", "rxjs", "reflect-metadata", "awilix", "vitest", "jest", "@jest/*", "expect"];

/**
 * Bundles a program with all its imports, including `jose` but no framework.
 *
 * @param program - JavaScript source
 */
export async function sizeOf(program: string): Promise<Size> {
  const options = optionsFor(program);
  const [{ contents } = { contents: new Uint8Array() }] = (await build(options)).outputFiles;
  const { outputFiles, metafile } = await build({ ...options, splitting: true, metafile: true });
  const started = loadedAtStart(metafile.outputs);
  const sizes = outputFiles.map(({ path, contents: file }) => {
    return started.has(basename(path)) ? gzipSync(file).length : 0;
  });
  return {
    minified: contents.length,
    gzipped: gzipSync(contents).length,
    gzippedAtStart: sizes.reduce((total, size) => total + size, 0),
  };
}

const optionsFor = (program: string) =>
  ({
    stdin: { contents: program, resolveDir: fileURLToPath(new URL("..", import.meta.url)) },
    // The paths of this repository's tsconfig.json point to the sources.
    tsconfigRaw: {},
    bundle: true,
    minify: true,
    write: false,
    outdir: "bundle",
    format: "esm",
    platform: "node",
    target: "node20",
    external: EXTERNAL,
  }) satisfies BuildOptions;

/** Returns the names of the entry's file and of the files that it imports statically, directly or through others. */
function loadedAtStart(outputs: Metafile["outputs"]): ReadonlySet<string> {
  const paths = Object.keys(outputs).filter((path) => outputs[path]?.entryPoint === "<stdin>");
  for (const path of paths) {
    const imported = outputs[path]?.imports.filter(({ kind, external }) => kind === "import-statement" && !external);
    paths.push(...(imported ?? []).map((each) => each.path).filter((each) => !paths.includes(each)));
  }
  return new Set(paths.map((path) => basename(path)));
}
