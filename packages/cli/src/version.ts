import { readFileSync } from "node:fs";

/** The version of this package, read where `src/` and `dist/` both find it. */
export function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return (manifest as { readonly version: string }).version;
}
