import { useEffect, useState } from "preact/hooks";
import { source } from "../../source/http-source.ts";
import type { JobJson, NewJobJson } from "../../source/json.ts";
import type { TaskFilter } from "../../source/source.ts";
import { isCloud } from "../../state/server.ts";
import { countMatching, type MatchCount } from "./count-matching.ts";

/** The number of tasks to which an action will apply. */
export interface TaskCount extends MatchCount {
  /** The tasks that a push will leave out, by reason. */
  readonly skipped: JobJson["skipped"];
}

/** `undefined` if the number is unknown. */
export type Counted = TaskCount | "counting" | undefined;

/** Counts the tasks of a job. Google Cloud does not state their number, and reading them all is expensive. */
export function useTaskCount(job: NewJobJson, filter: TaskFilter): Counted {
  const isCounted = !isCloud() && (job.action === "push" || job.tasks === undefined);
  const [counted, setCounted] = useState<Counted>(isCounted ? "counting" : undefined);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    // Without the number, the action is still possible.
    const count = isCounted ? countTasks(job, filter, signal).catch(() => undefined) : undefined;
    void count?.then((found) => signal.aborted || setCounted(found));
    return () => controller.abort();
  }, []);
  return counted;
}

async function countTasks(job: NewJobJson, filter: TaskFilter, signal: AbortSignal): Promise<TaskCount> {
  if (job.action !== "push") return { ...(await countMatching(filter, job.action, signal)), skipped: [] };
  const { done, skipped } = await source.startJob({ ...job, dryRun: true }, signal);
  return { count: done, isMore: false, skipped };
}
