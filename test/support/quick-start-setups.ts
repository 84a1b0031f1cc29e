import type { QuickStartSetup } from "./follow-quick-start.ts";

const ROOT: QuickStartSetup = { parent: "." };

/** Quick starts that run with the tools of this repository. */
export const onNode: Readonly<Record<string, QuickStartSetup>> = {
  express: ROOT,
  fastify: ROOT,
  functions: ROOT,
  hono: ROOT,
  koa: ROOT,
  nestjs: ROOT,
  node: ROOT,
};

/** Quick starts whose tools or runtime are installed in compat/. */
export const inCompat: Readonly<Record<string, QuickStartSetup>> = {
  bun: ROOT,
  "cloudflare-workers": { parent: "compat" },
  deno: { parent: "compat" },
  elysia: ROOT,
  // Without these files, Next.js would install the types of React.
  nextjs: {
    parent: "compat/next-16",
    files: { "node_modules/@types/react/index.d.ts": "", "node_modules/@types/react/package.json": "{}" },
  },
  // Nitro looks for its own dependencies in the project.
  nitro: { parent: "compat", modules: "compat/node_modules/nitro/node_modules" },
  sveltekit: { parent: "compat/sveltekit" },
};
