import Koa from "koa";
// @ts-expect-error Koa 2 is installed beside 3 under another name, without types of its own.
import Koa2 from "koa2";

/** The versions of Koa that the adapter supports. */
export const KOA_VERSIONS: readonly (readonly [name: string, make: typeof Koa])[] = [
  ["Koa 2", Koa2 as typeof Koa],
  ["Koa 3", Koa],
];
