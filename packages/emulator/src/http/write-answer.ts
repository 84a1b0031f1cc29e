import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer } from "./answer.ts";
import { HtmlPage } from "./html-page.ts";

/** Writes an answer as JSON or HTML. */
export function writeAnswer(response: ServerResponse, { status, body, headers }: Answer, indent = false): void {
  const isHtml = body instanceof HtmlPage;
  // A string is sent in one write together with the head, a buffer takes a second write.
  const text = isHtml ? body.html : indent ? `${JSON.stringify(body, null, 2)}\n` : JSON.stringify(body);
  response.writeHead(status, {
    "Content-Type": isHtml ? "text/html; charset=UTF-8" : "application/json; charset=UTF-8",
    "Content-Length": Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** Closes the connection after the answer if a part of the request's body is unread: Node would parse it as the next request. */
export function closeIfUnread(request: IncomingMessage, response: ServerResponse): void {
  if (!request.complete) response.once("finish", () => request.socket.destroySoon());
}
