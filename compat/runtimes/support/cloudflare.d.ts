/** The part of workerd's modules that is used. */
declare module "cloudflare:workers" {
  export const env: Readonly<Record<string, unknown>>;
}
