import type { AttemptFinished } from "../events.ts";

const texts = ["task", "queue", "outcome"] as const;
const numbers = ["id", "attempt", "at", "createdAt", "scheduledAt", "dispatchedAt", "durationMs"] as const;

/** @returns the attempt that a line of a journal holds; undefined where it holds none, because a crash cut it off, say */
export function readAttempt(line: string): AttemptFinished | undefined {
  const value = parse(line);
  const isAttempt =
    value.phase === "finished" &&
    texts.every((name) => typeof value[name] === "string") &&
    numbers.every((name) => Number.isFinite(value[name]));
  return isAttempt ? (value as unknown as AttemptFinished) : undefined;
}

function parse(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
