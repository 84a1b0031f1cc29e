/** An attempt of a task, as its headers describe it. */
export interface AttemptFacts {
  readonly kind: "http" | "appEngine";
  readonly id: string;
  readonly queue: string;
  /** Attempts before this one. */
  readonly retryCount: number;
  readonly executionCount: number;
  /** Milliseconds since the epoch. */
  readonly scheduledMs: number;
}

/**
 * Returns the headers that Cloud Tasks adds to every attempt. A retry carries more.
 *
 * Source: https://cloud.google.com/tasks/docs/creating-http-target-tasks#handler
 */
export function attemptHeaders(attempt: AttemptFacts): Readonly<Record<string, string>> {
  const { queue, id } = attempt;
  const retryCount = String(attempt.retryCount);
  const executionCount = String(attempt.executionCount);
  const eta = String(attempt.scheduledMs / 1000);
  // Both literals are written out: an object with computed names costs ten times as much.
  if (attempt.kind === "http") {
    return {
      "User-Agent": "Google-Cloud-Tasks",
      "X-CloudTasks-QueueName": queue,
      "X-CloudTasks-TaskName": id,
      "X-CloudTasks-TaskRetryCount": retryCount,
      "X-CloudTasks-TaskExecutionCount": executionCount,
      "X-CloudTasks-TaskETA": eta,
    };
  }
  return {
    "User-Agent": "AppEngine-Google; (+http://code.google.com/appengine)",
    "X-AppEngine-QueueName": queue,
    "X-AppEngine-TaskName": id,
    "X-AppEngine-TaskRetryCount": retryCount,
    "X-AppEngine-TaskExecutionCount": executionCount,
    "X-AppEngine-TaskETA": eta,
  };
}
