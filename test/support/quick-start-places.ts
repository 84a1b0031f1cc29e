import type { Place } from "./follow-quick-start.ts";

const ROOT: Place = { parent: "." };

/** The quick starts for which this repository's own tools do. */
export const onNode: Readonly<Record<string, Place>> = {
  express: ROOT,
  fastify: ROOT,
  functions: ROOT,
  hono: ROOT,
  koa: ROOT,
  nestjs: ROOT,
  node: ROOT,
};

/** Those whose tools, or runtime, are installed in compat/. */
export const inCompat: Readonly<Record<string, Place>> = {
  bun: ROOT,
  "cloudflare-workers": { parent: "compat" },
  deno: { parent: "compat" },
  elysia: ROOT,
  // Where it finds no types of React, it would install them.
  nextjs: {
    parent: "compat/next-16",
    files: { "node_modules/@types/react/index.d.ts": "", "node_modules/@types/react/package.json": "{}" },
  },
  // It looks for its own dependencies in the project.
  nitro: { parent: "compat", modules: "compat/node_modules/nitro/node_modules" },
  sveltekit: { parent: "compat/sveltekit" },
};
