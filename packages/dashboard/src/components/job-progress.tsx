import type { JSX } from "preact";
import { formatCount, idOf, plural } from "../format/format.ts";
import type { JobJson } from "../source/json.ts";
import { hrefOf } from "../state/router.ts";
import { currentJob, stopJob } from "../state/run-job.ts";
import { isCloud } from "../state/server.ts";

const VERBS: Readonly<Record<JobJson["action"], readonly [running: string, done: string]>> = {
  delete: ["Deleting", "Deleted"],
  run: ["Starting", "Started"],
  redrive: ["Redriving", "Redrove"],
  push: ["Pushing", "Pushed"],
};

/** The progress of an action over many tasks, with a button that stops it. */
export function JobProgress(): JSX.Element | null {
  const job = currentJob.value;
  if (job === undefined) return null;
  const isRunning = job.state === "running";
  const isBad = job.state === "failed" || job.failed > 0;
  const tone = isBad ? "bad" : job.skipped.length > 0 ? "warn" : "ok";
  return (
    <div class={`notice ${isRunning ? "" : tone} stack`} role="status">
      <div class="row spread">
        <span>{jobText(job)}</span>
        {isRunning ? (
          <button type="button" class="button" onClick={() => void stopJob()}>
            Stop
          </button>
        ) : (
          <button
            type="button"
            class="button"
            onClick={() => {
              currentJob.value = undefined;
            }}
          >
            Close
          </button>
        )}
      </div>
      {isRunning && <Progress job={job} />}
      {job.errors.length + job.skipped.length > 0 && (
        <ul>
          {job.skipped.map(({ reason, count, task }) => (
            <li key={reason} class="wrap">
              {formatCount(count)} skipped: {reason}, such as <a href={hrefOf(["tasks", task])}>{idOf(task)}</a>
            </li>
          ))}
          {job.errors.map(({ task, message }) => (
            <li key={task} class="wrap">
              {task !== "" && (
                <>
                  <a href={hrefOf(["tasks", task])}>{idOf(task)}</a>:{" "}
                </>
              )}
              {message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function jobText({ action, state, done, failed, missing, skipped }: JobJson): string {
  const [running, finished] = VERBS[action];
  const failures = failed === 0 ? "" : `, ${plural(failed, "failure")}`;
  const left = skipped.reduce((sum, { count }) => sum + count, missing);
  const leftOut = left === 0 ? "" : `, ${formatCount(left)} skipped`;
  const stopped = state === "stopped" ? ", then stopped" : "";
  const again = action === "push" ? " again" : "";
  const progress =
    state === "running"
      ? `${running} tasks${again}: ${formatCount(done)} done`
      : `${finished} ${plural(done, "task")}${again}`;
  return `${progress}${failures}${leftOut}${stopped}`;
}

function Progress({ job: { examined, total } }: { readonly job: JobJson }): JSX.Element {
  // Google Cloud does not state how many tasks a filter selects.
  if (isCloud() && examined >= total) return <progress class="progress" aria-label="Progress" />;
  return <progress class="progress" max={Math.max(total, examined, 1)} value={examined} aria-label="Progress" />;
}
