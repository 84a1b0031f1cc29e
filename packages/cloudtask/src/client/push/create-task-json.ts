import { base64 } from "../../core/base64.ts";
import { durationJson } from "../../core/duration.ts";
import type { SizedTask } from "../../payload/task-size.ts";
import type { ResolvedOptions } from "../resolve-options.ts";
import { checkHeadersSize, checkSize, DEFAULT_DISPATCH_DEADLINE_MS } from "./limits.ts";
import type { PreparedPush } from "./prepare.ts";

/**
 * The body of a CreateTask call, as proto3 JSON.
 *
 * Source: https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks/create
 *
 * @param push - what is to be pushed
 * @param queueName - the full name of the queue
 * @param client - the client's options
 * @returns JSON
 * @throws LimitError where the task or its headers are larger than Cloud Tasks accepts
 */
export function createTaskJson(
  push: PreparedPush,
  queueName: string,
  client: Pick<ResolvedOptions, "serviceAccount" | "audience">,
): string {
  const { id, scheduleMs, dispatchDeadlineMs, url, headers, appEngine } = push;
  const what = `pushing "${push.task}"`;
  checkHeadersSize(headers, what);
  const body = new TextEncoder().encode(push.body);
  const oidcToken = client.serviceAccount
    ? { serviceAccountEmail: client.serviceAccount, audience: client.audience }
    : undefined;
  const sized: SizedTask = {
    queueName,
    id,
    scheduleMs,
    dispatchDeadlineMs: dispatchDeadlineMs ?? DEFAULT_DISPATCH_DEADLINE_MS,
    headers,
    bodyBytes: body.length,
    target: appEngine ? { kind: "appEngine", ...appEngine } : { kind: "http", url, oidcToken },
  };
  checkSize(sized, push.nowMs, what);
  const request = { httpMethod: "POST", headers, body: base64(body) };
  return JSON.stringify({
    task: {
      name: id && `${queueName}/tasks/${id}`,
      scheduleTime: scheduleMs === undefined ? undefined : new Date(scheduleMs).toISOString(),
      dispatchDeadline: dispatchDeadlineMs === undefined ? undefined : durationJson(dispatchDeadlineMs),
      httpRequest: appEngine ? undefined : { url, ...request, oidcToken },
      appEngineHttpRequest: appEngine && {
        relativeUri: appEngine.relativeUri,
        appEngineRouting: appEngine.routing,
        ...request,
      },
    },
  });
}
