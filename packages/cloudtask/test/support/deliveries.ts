/** The headers of a first attempt, as captured from the real service. */
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
 * Creates the request of a delivery.
 *
 * @param body - a string, or a value that is written as JSON
 * @param headers - added to those of a first attempt; `null` removes a header
 */
export function deliveryOf(body: unknown, headers: Readonly<Record<string, string | null>> = {}): Request {
  const sent = Object.entries({ ...FIRST_ATTEMPT, ...headers }).filter(([, value]) => value !== null);
  return new Request("http://worker.test/tasks/run", {
    method: "POST",
    headers: sent as [string, string][],
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

/** Creates the request of a later attempt. */
export function retryOf(body: unknown, retryCount: number, headers: Readonly<Record<string, string>> = {}): Request {
  return deliveryOf(body, {
    "X-CloudTasks-TaskRetryCount": String(retryCount),
    "X-CloudTasks-TaskPreviousResponse": "503",
    ...headers,
  });
}
