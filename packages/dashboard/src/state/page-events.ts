import type { Route } from "./router.ts";

/**
 * Returns the single events that a page uses, as parameters of GET /inspect/events. Each event takes CPU
 * time of the emulator, so a page requests no others. All pages get the events with the current state.
 */
export function pageEvents({ path: [page, name] }: Pick<Route, "path">): Readonly<Record<string, string>> {
  const types = "attempt,task,queue,stats,clock,job";
  if (page === "tasks") return name === undefined ? { types } : { types, task: name };
  if (page === "queues" && name !== undefined) return { types, queue: name };
  return { types: "stats,clock,job" };
}
