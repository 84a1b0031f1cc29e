import type { EngineQueue } from "../../engine/engine-state.ts";
import { definedFields } from "../defined-fields.ts";
import { rfc3339 } from "../rfc3339.ts";
import { rateReason } from "../tasks/wait-reasons.ts";
import type { BlockerJson, QueueFailureJson } from "../types/queue-types.ts";

/** Failures in a row after which a queue counts as failing. A single one is usual. */
const FAILING_FROM = 2;

/** Milliseconds for which a queue counts as failing although its tasks are gone: the last ones used up their retries. */
const RECENT_MS = 3_600_000;

/** Returns why the due tasks of a queue do not start or do not succeed, the most important reason first. */
export function blockersOf(queue: EngineQueue, now: number, failing: QueueFailureJson | undefined): BlockerJson[] {
  const due = queue.counts.total.due - queue.counts.dead.due;
  const stopped = due > 0 ? stopReason(queue, due) : undefined;
  const isFailing =
    failing !== undefined && failing.count >= FAILING_FROM && (queue.tasks.size > 0 || isRecent(failing, now));
  const slow = due > 0 && !stopped ? slowReason(queue, due, now) : undefined;
  return [
    ...(stopped ? [stopped] : []),
    ...(isFailing ? [{ reason: "failing" as const, due }] : []),
    ...(slow ? [slow] : []),
  ];
}

function isRecent({ lastTime }: QueueFailureJson, now: number): boolean {
  return now - Date.parse(lastTime) < RECENT_MS;
}

function stopReason({ record: { state, settings } }: EngineQueue, due: number): BlockerJson | undefined {
  if (state === "PAUSED") return { reason: "paused", due };
  if (state === "DISABLED") return { reason: "disabled", due };
  return settings.maxDispatchesPerSecond === 0 ? { reason: "rateZero", due, limit: 0 } : undefined;
}

function slowReason(queue: EngineQueue, due: number, now: number): BlockerJson | undefined {
  const { maxConcurrentDispatches, maxDispatchesPerSecond } = queue.record.settings;
  if (queue.inFlight >= maxConcurrentDispatches) return { reason: "concurrency", due, limit: maxConcurrentDispatches };
  const readyAt = queue.bucket.readyAt(now);
  if (readyAt <= now) return undefined;
  const limit = maxDispatchesPerSecond * (queue.throttle?.factor(now) ?? 1);
  const until = readyAt < 253_402_300_799_999 ? rfc3339(readyAt) : undefined;
  return { reason: rateReason(queue, now), due, limit, ...definedFields({ until }) };
}
