import type { IncomingMessage, ServerResponse } from "node:http";
import type { AccessGuard } from "../http/access-guard.ts";
import { errorAnswer } from "../http/answer.ts";
import { writeAnswer } from "../http/write-answer.ts";
import { type PageParts, pageAnswer } from "./page-answer.ts";

/** The handlers of HTTP/1 requests. */
export interface HttpParts extends PageParts {
  readonly guard: AccessGuard;
  /** Handles every request that no other handler answered. */
  readonly rest: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** @returns whether it answered the request */
  readonly dashboard?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** @returns whether it handles the request */
  readonly inspect?: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;
}

/** Answers an HTTP/1 request. Requests that a web page may have caused are rejected. */
export async function answerHttp(parts: HttpParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    parts.guard.check(request.headers);
    const page = pageAnswer(parts, request);
    if (page) writeAnswer(response, await page);
    else if (parts.dashboard?.(request, response)) return;
    else if (!(await parts.inspect?.(request, response))) await parts.rest(request, response);
  } catch (error) {
    // A response that has begun cannot be replaced by an error.
    if (response.headersSent) response.destroy();
    else writeAnswer(response, errorAnswer(error));
  }
}
