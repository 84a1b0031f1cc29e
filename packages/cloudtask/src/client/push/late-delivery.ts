import { type Late, late } from "../../core/late.ts";

/** Delivers tasks without Cloud Tasks, for `execute()` and eager modes. A push to Cloud Tasks does not need it. */
export const loadDelivery: Late<typeof import("./eager-delivery.ts")> = /* @__PURE__ */ late(
  () => import("./eager-delivery.ts"),
);
