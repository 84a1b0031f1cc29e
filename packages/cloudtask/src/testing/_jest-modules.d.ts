/** What of Jest is named here. Jest is not among what this repository installs: its tests stand in compat/. */

declare module "@jest/globals" {
  export const expect: { extend(matchers: object): void };
}

declare module "expect" {
  export interface Matchers<R extends void | Promise<void>, T = unknown> {}
}
