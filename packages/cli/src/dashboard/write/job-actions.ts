import { setTimeout } from "node:timers/promises";
import type { Job, NewJobJson } from "@cloudtask/emulator/internal";
import { ApiError } from "cloudtask";
import { DeleteManyError } from "cloudtask/admin";
import { errorMessage } from "cloudtask/internal";
import type { CloudApi } from "../cloud-parts.ts";
import { queueOf } from "../read/api-task.ts";

/** Cloud Tasks accepts 60 calls of RunTask per minute. */
const RUN_INTERVAL_MS = 1_000;

/** Applies an action to a batch of tasks, and counts the results. */
type Action = (api: CloudApi, job: Job, names: readonly string[], signal: AbortSignal) => Promise<void>;

/** An action of a job. Google Cloud keeps no finished tasks, which could be pushed again. */
export type CloudAction = Exclude<NewJobJson["action"], "push">;

/** The actions of jobs. */
export const jobActions: Readonly<Record<CloudAction, Action>> = {
  delete: async ({ admin }, job, names, signal) => {
    try {
      count(job, await admin.tasks.deleteMany(names, { signal }));
    } catch (error) {
      if (!(error instanceof DeleteManyError)) throw error;
      count(job, error);
      for (const { name, error: cause } of error.failed) job.count(name, { error: errorMessage(cause) });
    }
  },
  run: async ({ admin }, job, names, signal) => {
    for (const name of names) {
      if (!job.isRunning) return;
      await runOne(admin, job, name);
      await setTimeout(RUN_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    }
  },
  redrive: async ({ admin }, job, names, signal) => {
    for (const queue of new Set(names.map((name) => queueOf({ name })))) {
      const letters = names.filter((name) => queueOf({ name }) === queue);
      const { redriven, failed } = await admin.deadLetters.redrive(queue, { match: { names: letters }, signal });
      count(job, { deleted: redriven, missing: letters.length - redriven - failed.length });
      for (const { letter, error } of failed) job.count(letter.name, { error: errorMessage(error) });
    }
  },
};

async function runOne(admin: CloudApi["admin"], job: Job, name: string): Promise<void> {
  try {
    await admin.tasks.run(name);
    job.count(name, "done");
  } catch (error) {
    const isMissing = error instanceof ApiError && error.status === "NOT_FOUND";
    job.count(name, isMissing ? "missing" : { error: errorMessage(error) });
  }
}

function count(job: Job, { deleted, missing }: { readonly deleted: number; readonly missing: number }): void {
  for (let n = 0; n < deleted; n += 1) job.count("", "done");
  for (let n = 0; n < missing; n += 1) job.count("", "missing");
}
