import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** The size of a bundled and minified program, in bytes. */
export interface Size {
  readonly minified: number;
  readonly gzipped: number;
}

/** Packages that users have regardless of the library. */
const EXTERNAL = ["@nestjs/*", "rxjs", "reflect-metadata", "awilix", "vitest", "jest", "@jest/*", "expect"];

/**
 * Bundles a program with all its imports, including `jose` but no framework.
 *
 * @param program - JavaScript source
 */
export async function sizeOf(program: string): Promise<Size> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: fileURLToPath(new URL("..", import.meta.url)) },
    // The paths of this repository's tsconfig.json point to the sources.
    tsconfigRaw: {},
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node20",
    external: EXTERNAL,
  });
  const [{ contents } = { contents: new Uint8Array() }] = outputFiles;
  return { minified: contents.length, gzipped: gzipSync(contents).length };
}
