import type { IncomingMessage, ServerResponse } from "node:http";
import { type Answer, errorAnswer, unknownPath, wrongMethod } from "../http/answer.ts";
import { Query } from "../http/query.ts";
import { decodePath, splitUrl } from "../http/request-url.ts";
import { closeIfUnread, writeAnswer } from "../http/write-answer.ts";
import { attemptsJson, oneAttemptJson } from "./attempts-json.ts";
import {
  addFault,
  type ControlRequest,
  clearFaults,
  controlAdvance,
  controlIdle,
  controlReset,
  listFaults,
  removeFault,
} from "./control.ts";
import { emulatorJson } from "./emulator-json.ts";
import { EventStreams } from "./event-streams.ts";
import type { InspectParts } from "./inspect-parts.ts";
import { queuesJson } from "./queues-json.ts";
import { oneTaskJson, tasksJson } from "./tasks-json.ts";

interface Call extends ControlRequest {
  readonly streams: EventStreams;
  readonly query: Query;
  /** What follows the path of the route, decoded. */
  readonly rest: string;
}

/** By method. What resolves with nothing has answered by itself. */
type Methods = Readonly<Record<string, (call: Call) => object | Promise<object | undefined>>>;

/** What a path answers; `*` stands for whatever follows. */
const routes: Readonly<Record<string, Methods>> = {
  "/inspect/emulator": { GET: ({ parts }) => emulatorJson(parts) },
  "/inspect/queues": { GET: ({ parts, query }) => queuesJson(parts, query) },
  "/inspect/tasks": { GET: ({ parts, query }) => tasksJson(parts, query) },
  "/inspect/tasks/*": { GET: ({ parts, rest }) => oneTaskJson(parts, rest) },
  "/inspect/attempts": { GET: ({ parts, query }) => attemptsJson(parts, query) },
  "/inspect/attempts/*": { GET: ({ parts, rest }) => oneAttemptJson(parts, rest) },
  "/inspect/events": { GET: stream },
  "/control/reset": { POST: controlReset },
  "/control/idle": { POST: controlIdle },
  "/control/advance": { POST: controlAdvance },
  "/control/faults": { GET: listFaults, POST: addFault, DELETE: clearFaults },
  "/control/faults/*": { DELETE: (call) => removeFault(call, call.rest) },
};

/**
 * What stands below `/inspect/`, to look at an emulator, and `/control/`, to steer it: see `inspect-types.ts`.
 *
 * @returns answers a request; resolves with whether it was one of these
 */
export function createInspect(
  parts: InspectParts,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  const streams = new EventStreams(parts);
  return async (request, response) => {
    const { path, search } = splitUrl(request.url);
    if (!/^\/(?:inspect|control)(?:\/|$)/.test(path)) return false;
    const query = new Query(search);
    const answer = await answerTo({ parts, streams, request, response, query, path }).catch(errorAnswer);
    if (answer) writeAnswer(response, answer, query.wantsIndent);
    closeIfUnread(request, response);
    return true;
  };
}

async function answerTo(call: Omit<Call, "rest"> & { readonly path: string }): Promise<Answer | undefined> {
  const { path } = call;
  const { method = "GET" } = call.request;
  const [, collection, rest = ""] = /^(\/[a-z]+\/[a-z]+\/)(.+)$/.exec(path) ?? [];
  const route = collection === undefined ? path : `${collection}*`;
  const methods = Object.hasOwn(routes, route) ? routes[route] : undefined;
  if (!methods) return unknownPath(method, path);
  const handler = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (!handler) return wrongMethod(method, path, Object.keys(methods));
  const body = await handler({ ...call, rest: decodePath(rest) });
  return body && { status: 200, body, headers: { "Cache-Control": "no-store" } };
}

async function stream({ streams, request, response, query }: Call): Promise<undefined> {
  await streams.open(request, response, query);
}
