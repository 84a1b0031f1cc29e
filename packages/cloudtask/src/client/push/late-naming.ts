import { type Late, late } from "../../core/late.ts";

/** Names tasks, and deletes tasks by their names. An unnamed push does not need it. */
export const loadNaming: Late<typeof import("./naming.ts")> = /* @__PURE__ */ late(() => import("./naming.ts"));
