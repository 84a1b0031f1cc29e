import { effect } from "@preact/signals";
import { currentJob } from "./run-job.ts";

/** Calls a function when a job of this page ends. Returns a function that stops this. */
export function afterJob(listener: () => void): () => void {
  let wasRunning = false;
  return effect(() => {
    const isRunning = currentJob.value?.state === "running";
    if (wasRunning && !isRunning) listener();
    wasRunning = isRunning;
  });
}
