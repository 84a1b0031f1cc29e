import { join } from "node:path";
import { promisify } from "node:util";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { build } from "esbuild";
import { rolldown } from "rolldown";
import { rollup } from "rollup";
import webpack, { type Configuration, type Stats } from "webpack";

/** The module format of the output. */
export type Format = "esm" | "cjs";

/** Options for bundling a program for Node. */
export interface BundleOptions {
  readonly entry: string;
  /** The folder for the output: `bundle.mjs` or `bundle.cjs`, and its chunks. */
  readonly outdir: string;
  readonly format: Format;
  readonly minify: boolean;
}

/** Bundles a program, and returns the warnings of the bundler. */
export type Bundle = (options: BundleOptions) => Promise<readonly string[]>;

const extension = (format: Format): string => (format === "esm" ? "mjs" : "cjs");

// Without this repository's tsconfig.json, whose paths point to the sources.
const byEsbuild: Bundle = async ({ entry, outdir, format, minify }) => {
  const outfile = join(outdir, `bundle.${extension(format)}`);
  const settings = { tsconfigRaw: {}, bundle: true, platform: "node", logLevel: "silent", target: "node20" } as const;
  const { warnings } = await build({ ...settings, entryPoints: [entry], outfile, format, minify });
  return warnings.map(({ text }) => text);
};

const byRollup: Bundle = async ({ entry, outdir, format }) => {
  const warnings: string[] = [];
  const plugins = [nodeResolve({ exportConditions: ["node"], preferBuiltins: true })];
  const onwarn = ({ message }: { message: string }): void => void warnings.push(message);
  const bundle = await rollup({ input: { bundle: entry }, plugins, external: /^node:/, onwarn });
  const file = `[name].${extension(format)}`;
  await bundle.write({ dir: outdir, format, entryFileNames: file, chunkFileNames: file });
  await bundle.close();
  return warnings;
};

const byRolldown: Bundle = async ({ entry, outdir, format, minify }) => {
  const warnings: string[] = [];
  const onLog = (_: string, { message }: { message: string }): void => void warnings.push(message);
  const bundle = await rolldown({ input: { bundle: entry }, platform: "node", tsconfig: false, onLog });
  const file = `[name].${extension(format)}`;
  await bundle.write({ dir: outdir, format, minify, entryFileNames: file, chunkFileNames: file });
  await bundle.close();
  return warnings;
};

const byWebpack: Bundle = async ({ entry, outdir, format, minify }) => {
  const file = `[name].${extension(format)}`;
  const settings: Configuration = {
    mode: "production",
    target: "node20",
    entry: { bundle: entry },
    optimization: { minimize: minify },
    experiments: { outputModule: format === "esm" },
    output: {
      path: outdir,
      filename: file,
      chunkFilename: file,
      library: { type: format === "esm" ? "module" : "commonjs2" },
    },
  };
  const stats = await promisify<Configuration, Stats | undefined>(webpack)(settings);
  const { errors = [], warnings = [] } = stats?.toJson({ errors: true, warnings: true }) ?? {};
  return [...errors, ...warnings].map(({ message }) => message);
};

/** Common bundlers for services, by name. */
export const bundlers: Readonly<Record<string, Bundle>> = {
  esbuild: byEsbuild,
  Rollup: byRollup,
  Rolldown: byRolldown,
  webpack: byWebpack,
};
