/**
 * Replaces `wrangler dev --port PORT [--var NAME:VALUE]`, because wrangler is larger than all other tools here together. Bundles
 * the Worker of wrangler.jsonc as wrangler does, and runs it in workerd, Cloudflare's runtime.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";

interface Config {
  readonly main: string;
  readonly compatibility_date: string;
  readonly compatibility_flags: readonly string[];
  readonly vars: Readonly<Record<string, string>>;
}

/** The part of Miniflare that is used here. It is installed in compat/, out of the compiler's sight. */
interface MiniflareModule {
  readonly Miniflare: new (options: object) => { readonly ready: Promise<URL> };
}

const { values } = parseArgs({
  allowPositionals: true,
  options: { port: { type: "string" }, var: { type: "string", multiple: true } },
});
const config: Config = JSON.parse(readFileSync("wrangler.jsonc", "utf8").replaceAll(/^\s*\/\/.*$/gm, ""));
const { outputFiles } = await build({
  entryPoints: [config.main],
  bundle: true,
  format: "esm",
  write: false,
  conditions: ["workerd", "worker", "browser"],
  external: ["node:*", "cloudflare:*"],
});

const { Miniflare }: MiniflareModule = createRequire(join(process.cwd(), "package.json"))("miniflare");
const variables = (values.var ?? []).map((each) => [
  each.slice(0, each.indexOf(":")),
  each.slice(each.indexOf(":") + 1),
]);
const miniflare = new Miniflare({
  modules: [{ type: "ESModule", path: "worker.js", contents: outputFiles[0]?.text ?? "" }],
  port: Number(values.port),
  compatibilityDate: config.compatibility_date,
  compatibilityFlags: config.compatibility_flags,
  bindings: { ...config.vars, ...Object.fromEntries(variables) },
});
await miniflare.ready;
