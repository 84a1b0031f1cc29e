import { signal } from "@preact/signals";
import { SourceError } from "../source/http.ts";
import { source } from "../source/http-source.ts";
import type { JobJson, NewJobJson } from "../source/json.ts";
import { liveState } from "./live.ts";
import { onLive } from "./live-events.ts";
import { server } from "./server.ts";

const POLL_MS = 500;

/** The job that the user started last. It runs on the server, so it survives a change of the view. */
export const currentJob = signal<JobJson | undefined>(undefined);

/** Shows the job that this page, before it was loaded again, or another page has started, so that it can be stopped. */
export async function findRunningJob(): Promise<void> {
  const { jobs } = await source.jobs();
  currentJob.value ??= jobs.find(({ state }) => state === "running");
}

/** The last event of any job. It can arrive before the answer to the request that started the job. */
let lastEvent: JobJson | undefined;

/** Shows the answer to a request, unless events have reported later progress of the same job. */
function showAnswer(answer: JobJson): void {
  const isEventLater = lastEvent !== undefined && isLater(lastEvent, answer);
  currentJob.value = isEventLater ? lastEvent : answer;
}

/** A job that was started before a restart can have the id of another. */
function isLater(job: JobJson, than: JobJson): boolean {
  if (job.id !== than.id || job.startTime !== than.startTime || than.state !== "running") return false;
  return job.state !== "running" || job.examined > than.examined || job.done > than.done;
}

/** Starts an action over many tasks. Its progress is in `currentJob`. */
export async function startJob(job: NewJobJson): Promise<void> {
  showAnswer(await source.startJob(job));
}

/** Stops the current job. Tasks that it has changed stay changed. */
export async function stopJob(): Promise<void> {
  const job = currentJob.peek();
  if (job !== undefined) showAnswer(await source.stopJob(job.id));
}

/** Without events, because the page is paused or the server has none, the progress of a job is read. */
setInterval(async () => {
  const job = currentJob.peek();
  if (job?.state !== "running") return;
  if (liveState.peek() !== "paused" && server().pollMs === undefined) return;
  const read = await source.job(job.id).catch(() => job);
  if (currentJob.peek()?.id === job.id) currentJob.value = read;
}, POLL_MS);

/** A job ends with its server. After a restart, another job can have its id. */
onLive("resync", async () => {
  const job = currentJob.peek();
  if (job?.state !== "running") return;
  const stopped: JobJson = { ...job, state: "stopped" };
  const isGone = (error: unknown): boolean => error instanceof SourceError && error.status === 404;
  const read = await source.job(job.id).catch((error: unknown) => (isGone(error) ? stopped : job));
  if (currentJob.peek()?.id === job.id) currentJob.value = read.startTime === job.startTime ? read : stopped;
});

onLive("job", (job) => {
  lastEvent = job;
  if (job.id === currentJob.peek()?.id) currentJob.value = job;
});
