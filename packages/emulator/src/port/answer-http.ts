import type { IncomingMessage, ServerResponse } from "node:http";
import type { AccessGuard } from "../http/access-guard.ts";
import { errorAnswer } from "../http/answer.ts";
import { writeAnswer } from "../http/write-answer.ts";
import { type MaybePromise, mapValue } from "../service/maybe-promise.ts";
import { type PageParts, pageAnswer } from "./page-answer.ts";

/** The handlers of HTTP/1 requests. */
export interface HttpParts extends PageParts {
  readonly guard: AccessGuard;
  /** Handles every request that no other handler answered. */
  readonly rest: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** @returns whether it answered the request */
  readonly dashboard?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** @returns whether it handles the request */
  readonly inspect?: (request: IncomingMessage, response: ServerResponse) => MaybePromise<boolean>;
}

/** Answers an HTTP/1 request. Requests that a web page may have caused are rejected. */
export function answerHttp(parts: HttpParts, request: IncomingMessage, response: ServerResponse): void {
  const fail = (error: unknown): void => {
    // A response that has begun cannot be replaced by an error.
    if (response.headersSent) response.destroy();
    else writeAnswer(response, errorAnswer(error));
  };
  try {
    parts.guard.check(request.headers);
    handle(parts, request, response)?.catch(fail);
  } catch (error) {
    fail(error);
  }
}

/** @returns undefined if the request is answered */
function handle(parts: HttpParts, request: IncomingMessage, response: ServerResponse): Promise<unknown> | undefined {
  const page = pageAnswer(parts, request);
  if (page) return Promise.resolve(page).then((answer) => writeAnswer(response, answer));
  if (parts.dashboard?.(request, response)) return undefined;
  const isHandled = parts.inspect?.(request, response) ?? false;
  return mapValue(isHandled, (handled) => (handled ? undefined : parts.rest(request, response)));
}
