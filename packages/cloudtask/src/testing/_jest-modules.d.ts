/** The parts of Jest that this folder uses. Jest itself is installed in compat/ only. */

declare module "@jest/globals" {
  export const expect: { extend(matchers: object): void };
}

declare module "expect" {
  export interface Matchers<R extends void | Promise<void>, T = unknown> {}
}
