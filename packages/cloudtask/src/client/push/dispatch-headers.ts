import type { PreparedPush } from "./prepare.ts";

/**
 * @param push - what was pushed
 * @param id - the id of the task
 * @returns what Cloud Tasks adds to a first attempt
 */
export function dispatchHeaders(push: PreparedPush, id: string): Readonly<Record<string, string>> {
  const prefix = push.appEngine ? "X-AppEngine" : "X-CloudTasks";
  return {
    "User-Agent": push.appEngine ? "AppEngine-Google; (+http://code.google.com/appengine)" : "Google-Cloud-Tasks",
    [`${prefix}-QueueName`]: push.queue,
    [`${prefix}-TaskName`]: id,
    [`${prefix}-TaskRetryCount`]: "0",
    [`${prefix}-TaskExecutionCount`]: "0",
    [`${prefix}-TaskETA`]: String(push.nowMs / 1000),
  };
}
