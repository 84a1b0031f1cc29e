/** The deliveries that need no Cloud Tasks: one file, so that both are loaded with one import. */
export { deliverImmediately } from "./deliver-immediately.ts";
export { deliverRemotely } from "./deliver-remotely.ts";
