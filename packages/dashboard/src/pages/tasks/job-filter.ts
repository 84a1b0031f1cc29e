import type { JobFilterJson } from "../../source/json.ts";
import type { TaskFilter } from "../../source/source.ts";
import { isCloud } from "../../state/server.ts";
import { defaultSort } from "./task-filters.ts";

/**
 * Returns the filter of a job over all tasks of a list. The order of a list selects tasks too, and decides which time is limited. Google
 * Cloud has only one order.
 */
export function jobFilter({ sort, ...filter }: TaskFilter): JobFilterJson {
  const entries = Object.entries({ ...filter, ...(isCloud() ? {} : { sort: sort ?? defaultSort(filter) }) });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
