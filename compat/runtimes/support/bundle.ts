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

/** What a program shares with the tests of the packages lies beside their sources, and is to run on what is installed here. */
const asInstalled: Plugin = {
  name: "as installed",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^cloudtask(\/|$)/ }, ({ path, kind, pluginData }) =>
      pluginData === asInstalled ? undefined : resolve(path, { kind, resolveDir: HERE, pluginData: asInstalled }),
    );
  },
};

/**
 * Bundles a program of `programs/` into one file, beside the packages, which stay imports: the runtime that runs it finds
 * them as a user's would, by its own conditions. It is gone after the file's tests.
 *
 * @param program - its name
 * @returns the file
 */
export async function bundled(program: string): Promise<string> {
  const folder = temporaryFolder();
  // Bun would follow the paths of the repository's tsconfig, which lead to the sources.
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
 * Bundles a Cloudflare Worker whole, as Wrangler does.
 *
 * @param program - its name
 * @returns its source
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
