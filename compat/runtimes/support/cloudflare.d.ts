/** The part that is used of what workerd offers to import. */
declare module "cloudflare:workers" {
  export const env: Readonly<Record<string, unknown>>;
}
