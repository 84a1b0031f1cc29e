import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** What a program weighs once it is bundled and minified, in bytes. */
export interface Size {
  readonly minified: number;
  readonly gzipped: number;
}

/** Packages that a user has beside the library, and would have without it. */
const THEIRS = ["@nestjs/*", "rxjs", "reflect-metadata", "awilix", "vitest", "jest", "@jest/*", "expect"];

/**
 * @param program - JavaScript, standing in this folder
 * @returns its size with all that it imports, `jose` too, but no framework
 */
export async function sizeOf(program: string): Promise<Size> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: fileURLToPath(new URL("..", import.meta.url)) },
    // This repository's tsconfig.json leads to the sources.
    tsconfigRaw: {},
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node20",
    external: THEIRS,
  });
  const [{ contents } = { contents: new Uint8Array() }] = outputFiles;
  return { minified: contents.length, gzipped: gzipSync(contents).length };
}
