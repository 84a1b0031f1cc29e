import { type Late, late } from "../core/late.ts";

/** Errors, their texts and the decision about retries. A request that succeeds needs none of them. */
export const loadFailures: Late<typeof import("./failures.ts")> = /* @__PURE__ */ late(() => import("./failures.ts"));
