import { type Late, late } from "../../core/late.ts";

/** Runs tasks in this process. A push to Cloud Tasks does not need it. */
export const loadImmediate: Late<Pick<typeof import("./deliver-immediately.ts"), "deliverImmediately">> =
  /* @__PURE__ */ late(() => import("./deliver-immediately.ts"));

/** Sends tasks to the worker without Cloud Tasks. */
export const loadRemote: Late<Pick<typeof import("./deliver-remotely.ts"), "deliverRemotely">> = /* @__PURE__ */ late(
  () => import("./deliver-remotely.ts"),
);
