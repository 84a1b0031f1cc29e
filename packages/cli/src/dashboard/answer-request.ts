import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type AccessGuard,
  type Answer,
  closeIfUnread,
  decodePath,
  parseObject,
  Query,
  RpcError,
  readBody,
  splitUrl,
  unknownPath,
  writeAnswer,
  wrongMethod,
} from "@cloudtask/emulator/internal";
import type { CloudParts } from "./cloud-parts.ts";
import { failureAnswer } from "./failure-answer.ts";
import { routes } from "./routes.ts";
import { callApi } from "./write/call-api.ts";

/** The handlers of requests. */
export interface ServerParts extends CloudParts {
  readonly guard: AccessGuard;
  /** @returns whether it answered the request */
  readonly pages: (request: IncomingMessage, response: ServerResponse) => boolean;
}

const READ = ["GET", "HEAD"];

/** Answers a request of a page. Requests that a page of another origin may have caused are rejected. */
export async function answerRequest(
  parts: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { path, search } = splitUrl(request.url);
  const query = new Query(search);
  try {
    parts.guard.check(request.headers);
    if (parts.pages(request, response)) return;
    const answer = await answerTo(parts, { request, response, path, query });
    writeAnswer(response, answer, query.indent);
  } catch (error) {
    writeAnswer(response, failureAnswer(error), query.indent);
  }
  closeIfUnread(request, response);
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: Query;
}

async function answerTo(parts: ServerParts, exchange: Exchange): Promise<Answer> {
  const { request, response, path, query } = exchange;
  const { method = "GET" } = request;
  if (!READ.includes(method)) checkWrite(parts, request);
  if (path.startsWith("/v2/")) {
    const body = (await readBody(request)).toString();
    return success(await callApi(parts, { method, name: decodePath(path.slice("/v2/".length)), query, body }));
  }
  const [, collection, rest = ""] = /^(\/[a-z]+\/[a-z-]+\/)(.+)$/.exec(path) ?? [];
  const route = collection === undefined ? path : `${collection}*`;
  const methods = Object.hasOwn(routes, route) ? routes[route] : undefined;
  if (methods === undefined) return unknownPath(method, path);
  const handler = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (handler === undefined) return wrongMethod(method, path, Object.keys(methods));
  const fields = method === "POST" ? parseObject(await readBody(request)) : {};
  return success(await handler({ parts, rest: decodePath(rest), query, fields, signal: whenClosed(response) }));
}

/** @throws RpcError PERMISSION_DENIED for a change that is not allowed, or that was not sent by a page of this server */
function checkWrite({ allowsWrites, token, project, location }: ServerParts, { headers }: IncomingMessage): void {
  if (!allowsWrites) {
    throw new RpcError(
      "PERMISSION_DENIED",
      `This dashboard only reads: nothing was changed in project ${project}, location ${location}. To allow changes, start it with --allow-writes.`,
    );
  }
  // Every caller needs the token, not only a browser: the change is made with the credentials of the user.
  token.check({ "sec-fetch-site": "same-origin", ...headers });
}

function success(body: object): Answer {
  return { status: 200, body, headers: { "Cache-Control": "no-store" } };
}

function whenClosed(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.on("close", () => controller.abort());
  return controller.signal;
}
