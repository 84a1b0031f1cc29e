/** What Cloud Tasks sends on a first attempt, as captured from the real service. */
const FIRST_ATTEMPT = {
  "Content-Type": "application/json",
  "User-Agent": "Google-Cloud-Tasks",
  "X-CloudTasks-QueueName": "default",
  "X-CloudTasks-TaskName": "6154398438278443008",
  "X-CloudTasks-TaskRetryCount": "0",
  "X-CloudTasks-TaskExecutionCount": "0",
  "X-CloudTasks-TaskETA": "1767225600.25",
};

/**
 * @param body - the body; anything but a string is written as JSON
 * @param headers - over those of a first attempt; `null` leaves one out
 * @returns the request of a delivery
 */
export function deliveryOf(body: unknown, headers: Readonly<Record<string, string | null>> = {}): Request {
  const kept = Object.entries({ ...FIRST_ATTEMPT, ...headers }).filter(([, value]) => value !== null);
  return new Request("http://worker.test/tasks/run", {
    method: "POST",
    headers: kept as [string, string][],
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

/** A delivery that was retried so many times. */
export function retryOf(body: unknown, retryCount: number, headers: Readonly<Record<string, string>> = {}): Request {
  return deliveryOf(body, {
    "X-CloudTasks-TaskRetryCount": String(retryCount),
    "X-CloudTasks-TaskPreviousResponse": "503",
    ...headers,
  });
}
