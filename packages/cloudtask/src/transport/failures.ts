/** Everything that only a failed request needs: one file, so that it is loaded with one import. */
export { redactor } from "../core/redact.ts";
export { describeFailure, describeUnreadable } from "./api-failure.ts";
export { networkFailure } from "./network-failure.ts";
