import { type Late, late } from "../../core/late.ts";

/** Runs tasks in this process. A push to Cloud Tasks does not need it. */
export const loadImmediate: Late<Pick<typeof import("./deliver-immediately.ts"), "deliverImmediately">> = late(
  () => import("./deliver-immediately.ts"),
);

/** Sends tasks to the worker without Cloud Tasks. */
export const loadRemote: Late<Pick<typeof import("./deliver-remotely.ts"), "deliverRemotely">> = late(
  () => import("./deliver-remotely.ts"),
);
