/** The deliveries that need no Cloud Tasks: one file, so that all are loaded with one import. */
export { deliverEagerly } from "./deliver-eagerly.ts";
export { deliverImmediately } from "./deliver-immediately.ts";
