/**
 * What `wrangler dev --port PORT [--var NAME:VALUE]` comes to, without wrangler, which is far larger than all else here: the
 * Worker that wrangler.jsonc names is bundled as wrangler would, and run by workerd, the runtime of Cloudflare.
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

/** As much of Miniflare as is used here: it is installed in compat/, where the compiler does not look. */
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
const given = (values.var ?? []).map((each) => [each.slice(0, each.indexOf(":")), each.slice(each.indexOf(":") + 1)]);
const miniflare = new Miniflare({
  modules: [{ type: "ESModule", path: "worker.js", contents: outputFiles[0]?.text ?? "" }],
  port: Number(values.port),
  compatibilityDate: config.compatibility_date,
  compatibilityFlags: config.compatibility_flags,
  bindings: { ...config.vars, ...Object.fromEntries(given) },
});
await miniflare.ready;
