import type { IncomingMessage, ServerResponse } from "node:http";
import { type Answer, errorAnswer, unknownPath, wrongMethod } from "../http/answer.ts";
import { Query } from "../http/query.ts";
import { decodePath, splitUrl } from "../http/request-url.ts";
import { closeIfUnread, writeAnswer } from "../http/write-answer.ts";
import { attemptsJson, oneAttemptJson } from "./attempts/attempts-json.ts";
import { controlAdvance, controlIdle, controlReset, controlTurnBack } from "./control/control.ts";
import { controlRedrive } from "./control/control-redrive.ts";
import { addFault, clearFaults, listFaults, removeFault } from "./control/faults.ts";
import { type JobsRequest, listJobs, startJob } from "./control/jobs/control-jobs.ts";
import { JobRunner } from "./control/jobs/job-runner.ts";
import { controlPush } from "./control/push/control-push.ts";
import { deadLettersJson } from "./dead-letters/dead-letters-json.ts";
import { emulatorJson } from "./emulator-json.ts";
import { EventStreams } from "./events/event-streams.ts";
import { FailureLog } from "./failures/failure-log.ts";
import { failuresJson } from "./failures/failures-json.ts";
import type { InspectParts } from "./inspect-parts.ts";
import { oneQueueJson, queuesJson } from "./queues/queues-json.ts";
import { definitionsJson, oneDefinitionJson } from "./stats/definitions-json.ts";
import { scheduleJson } from "./stats/schedule-json.ts";
import { statsJson } from "./stats/stats-json.ts";
import { taskDetailJson } from "./tasks/task-detail-json.ts";
import { tasksJson } from "./tasks/tasks-json.ts";
import type { SessionJson } from "./types/control-types.ts";
import type { SourceJson } from "./types/source-types.ts";

interface Call extends JobsRequest {
  readonly streams: EventStreams;
  readonly failures: FailureLog;
  readonly query: Query;
  /** The decoded path that `*` in the route stands for. */
  readonly rest: string;
}

/** Handlers by HTTP method. A handler that resolves with `undefined` has sent the answer itself. */
type Methods = Readonly<Record<string, (call: Call) => object | Promise<object | undefined>>>;

/** The handlers by path. `*` matches the rest of the path. */
const routes: Readonly<Record<string, Methods>> = {
  "/inspect/source": { GET: sourceJson },
  "/inspect/emulator": { GET: ({ parts }) => emulatorJson(parts) },
  "/inspect/queues": { GET: ({ parts, query }) => queuesJson(parts, query) },
  "/inspect/queues/*": { GET: ({ parts, rest }) => oneQueueJson(parts, rest) },
  "/inspect/tasks": { GET: ({ parts, query }) => tasksJson(parts, query) },
  "/inspect/tasks/*": { GET: ({ parts, rest, query }) => taskDetailJson(parts, rest, query) },
  "/inspect/dead-letters": { GET: ({ parts, query }) => deadLettersJson(parts, query) },
  "/inspect/stats": { GET: ({ parts, query }) => statsJson(parts, query) },
  "/inspect/schedule": { GET: ({ parts, query }) => scheduleJson(parts, query) },
  "/inspect/definitions": { GET: ({ parts }) => definitionsJson(parts) },
  "/inspect/definitions/*": { GET: ({ parts, rest }) => oneDefinitionJson(parts, rest) },
  "/inspect/attempts": { GET: ({ parts, query }) => attemptsJson(parts, query) },
  "/inspect/attempts/*": { GET: ({ parts, rest }) => oneAttemptJson(parts, rest) },
  "/inspect/failures": { GET: ({ parts, failures, query }) => failuresJson(parts, failures, query) },
  "/inspect/events": { GET: stream },
  "/control/session": { GET: sessionJson },
  "/control/reset": { POST: controlReset },
  "/control/idle": { POST: controlIdle },
  "/control/advance": { POST: controlAdvance },
  "/control/turn-back": { POST: controlTurnBack },
  "/control/push": { POST: controlPush },
  "/control/redrive": { POST: controlRedrive },
  "/control/jobs": { GET: listJobs, POST: startJob },
  "/control/jobs/*": { GET: ({ jobs, rest }) => jobs.get(rest), DELETE: ({ jobs, rest }) => jobs.stop(rest) },
  "/control/faults": { GET: listFaults, POST: addFault, DELETE: clearFaults },
  "/control/faults/*": { DELETE: (call) => removeFault(call, call.rest) },
};

/**
 * Creates the handler of `/inspect/`, which reads the state of an emulator, and `/control/`, which changes it. The files
 * of `types/` document both.
 *
 * @param keepEventsMs - milliseconds that events are kept for a client that reconnects, after the last client has disconnected
 * @returns a function that answers a request and resolves with `true`, or returns `false` if the path is another one
 */
export function createInspect(
  parts: InspectParts,
  keepEventsMs?: number,
): (request: IncomingMessage, response: ServerResponse) => false | Promise<true> {
  const jobs = new JobRunner(parts);
  const failures = new FailureLog(parts);
  parts.events.atEnd(() => failures.clear());
  const streams = new EventStreams({ ...parts, jobs }, keepEventsMs);
  return (request, response) => {
    const { path, search } = splitUrl(request.url);
    if (!/^\/(?:inspect|control)(?:\/|$)/.test(path)) return false;
    return answerCall({ parts, jobs, streams, failures, request, response, query: new Query(search), path });
  };
}

type CallWithPath = Omit<Call, "rest"> & { readonly path: string };

async function answerCall(call: CallWithPath): Promise<true> {
  const { request, response, query } = call;
  const answer = await answerTo(call).catch(errorAnswer);
  if (answer) writeAnswer(response, answer, query.indent);
  closeIfUnread(request, response);
  return true;
}

async function answerTo(call: CallWithPath): Promise<Answer | undefined> {
  const { path } = call;
  const { method = "GET" } = call.request;
  const [, collection, rest = ""] = /^(\/[a-z]+\/[a-z-]+\/)(.+)$/.exec(path) ?? [];
  const route = collection === undefined ? path : `${collection}*`;
  const methods = Object.hasOwn(routes, route) ? routes[route] : undefined;
  if (!methods) return unknownPath(method, path);
  const handler = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (!handler) return wrongMethod(method, path, Object.keys(methods));
  // The session is how a page gets the token.
  if (path.startsWith("/control/") && path !== "/control/session") call.parts.token.check(call.request.headers);
  const body = await handler({ ...call, rest: decodePath(rest) });
  return body && { status: 200, body, headers: { "Cache-Control": "no-store" } };
}

function sourceJson({ parts: { info } }: Call): SourceJson {
  const { project, location } = info.options;
  return { kind: "emulator", version: info.version, project, location, allowsWrites: true };
}

function sessionJson({ parts: { token, info } }: Call): SessionJson {
  return { token: token.value, version: info.version };
}

async function stream({ streams, request, response, query }: Call): Promise<undefined> {
  await streams.open(request, response, query);
}
