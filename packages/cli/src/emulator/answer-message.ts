import { printableText, withoutTaskLabel } from "cloudtask/internal";

/** The body of an answer. */
export interface Answer {
  readonly body: string;
  readonly bodyEncoding: "text" | "base64";
}

/** More of an answer is not read for its message. */
const MAX_BODY = 4_096;

/** A longer message is cut. */
const MAX_MESSAGE = 200;

/**
 * Returns why a worker did not do the work, in one line: `message` or `reason` of a JSON answer, as the `cloudtask` library and
 * Google's services send them, otherwise the text of the answer.
 */
export function answerMessage(response: Answer | undefined): string {
  if (!response || response.bodyEncoding === "base64") return "";
  const body = response.body.slice(0, MAX_BODY).trim();
  const text = body.startsWith("{") ? messageOf(body) : withoutTags(body);
  return printableText(withoutTaskLabel(text.replace(/\s+/g, " ").trim()), MAX_MESSAGE);
}

function messageOf(body: string): string {
  try {
    const { message, reason, error, status } = JSON.parse(body) as Readonly<Record<string, unknown>>;
    const inner = typeof error === "object" && error !== null && "message" in error ? error.message : error;
    return String([message, reason, inner, status].find((each) => typeof each === "string" && each !== "") ?? "");
  } catch {
    // The answer may be cut off.
    return /"(?:message|reason)"\s{0,9}:\s{0,9}"([^"\\]*)/.exec(body)?.[1] ?? body;
  }
}

/** An error page of a web framework has its message between tags. */
function withoutTags(body: string): string {
  if (!body.startsWith("<")) return body;
  return body.replace(/<(style|script|title)\b[^<]*<\/\1>/gi, " ").replace(/<[^<>]*>/g, " ");
}
