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
  const isHttp = attempt.kind === "http";
  const prefix = isHttp ? "X-CloudTasks-" : "X-AppEngine-";
  return {
    "User-Agent": isHttp ? "Google-Cloud-Tasks" : "AppEngine-Google; (+http://code.google.com/appengine)",
    [`${prefix}QueueName`]: attempt.queue,
    [`${prefix}TaskName`]: attempt.id,
    [`${prefix}TaskRetryCount`]: String(attempt.retryCount),
    [`${prefix}TaskExecutionCount`]: String(attempt.executionCount),
    [`${prefix}TaskETA`]: String(attempt.scheduledMs / 1000),
  };
}
