import { effect } from "@preact/signals";
import { currentJob } from "./run-job.ts";

/** Calls a function when a job of this page ends. Returns a function that stops this. */
export function afterJob(listener: () => void): () => void {
  let seen = endedJob();
  return effect(() => {
    const ended = endedJob();
    // A short job can end before the page has shown it as running.
    if (ended !== undefined && ended !== seen) listener();
    seen = ended;
  });
}

function endedJob(): string | undefined {
  const job = currentJob.value;
  return job === undefined || job.state === "running" ? undefined : `${job.id} ${job.startTime}`;
}
