import { defineConfig } from "vite";

/** Relative addresses, so that the pages work under any path prefix. No inlined assets, because the pages forbid `data:` fonts and scripts. */
export default defineConfig({
  base: "./",
  build: {
    outDir: "dist",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    license: { fileName: "THIRD_PARTY_LICENSES.md" },
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
});
