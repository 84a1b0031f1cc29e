import type { IncomingMessage, ServerResponse } from "node:http";
import type { AccessGuard } from "../http/access-guard.ts";
import { errorAnswer } from "../http/answer.ts";
import { writeAnswer } from "../http/write-answer.ts";
import { type PageParts, pageAnswer } from "./page-answer.ts";

/** What answers over HTTP/1. */
export interface HttpParts extends PageParts {
  readonly guard: AccessGuard;
  /** Answers what nothing else has answered. */
  readonly rest: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Resolves with whether it has answered, or will. */
  readonly inspect?: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;
}

/** Answers a request over HTTP/1, whatever it is; with a refusal where a web page may have caused it. */
export async function answerHttp(parts: HttpParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    parts.guard.check(request.headers);
    const page = pageAnswer(parts, request);
    if (page) writeAnswer(response, await page);
    else if (!(await parts.inspect?.(request, response))) await parts.rest(request, response);
  } catch (error) {
    // An answer that has begun cannot become another one.
    if (response.headersSent) response.destroy();
    else writeAnswer(response, errorAnswer(error));
  }
}
