import { formatCount, formatDuration, formatTime } from "../../format/format.ts";
import { statusText } from "../../words/status-text.tsx";
import type { TimelineStep } from "./timeline-steps.ts";

/** Describes a step of the timeline in a sentence, for example `Waited 4 s for the backoff, from 14:03:07`. */
export function stepText(step: TimelineStep, nowMs: number): string {
  const duration = formatDuration(step.to - step.from);
  const start = formatTime(step.from, nowMs);
  if (step.kind === "running") return `An attempt has been running for ${duration}, since ${start}`;
  if (step.kind === "wait") return `${step.to < nowMs ? "Waited" : "Waits"} ${duration} ${step.text}, from ${start}`;
  return `Attempt ${formatCount(step.attempt.attempt)} at ${start}: ${statusText(step.attempt)} after ${duration}`;
}
