import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { afterAll } from "vitest";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const HERE = fileURLToPath(new URL("..", import.meta.url));

/** Programs import test helpers that lie beside the sources of the packages. Those must use the packages installed here. */
const asInstalled: Plugin = {
  name: "as installed",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^cloudtask(\/|$)/ }, ({ path, kind, pluginData }) =>
      pluginData === asInstalled ? undefined : resolve(path, { kind, resolveDir: HERE, pluginData: asInstalled }),
    );
  },
};

/**
 * Bundles a program of `programs/` into one file beside the packages, which stay imports: the runtime resolves them by its own
 * conditions, as for users. The file is removed after the tests.
 */
export async function bundled(program: string): Promise<string> {
  const folder = temporaryFolder();
  // Bun would follow the paths in the repository's tsconfig, which lead to the sources.
  writeFileSync(join(folder, "tsconfig.json"), "{}");
  const outfile = join(folder, `${program}.mjs`);
  await build({
    entryPoints: [join(HERE, "programs", `${program}.ts`)],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    tsconfigRaw: {},
    logLevel: "error",
  });
  return outfile;
}

/**
 * Bundles a Cloudflare Worker completely, as Wrangler does, and returns its source.
 */
export async function bundledWorker(program: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(HERE, "programs", `${program}.ts`)],
    bundle: true,
    format: "esm",
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*"],
    plugins: [asInstalled],
    tsconfigRaw: {},
    write: false,
    logLevel: "error",
  });
  return outputFiles.map(({ text }) => text).join("");
}

function temporaryFolder(): string {
  const built = join(HERE, ".built");
  mkdirSync(built, { recursive: true });
  const folder = mkdtempSync(join(built, "program-"));
  folders.push(folder);
  return folder;
}
