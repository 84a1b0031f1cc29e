import type { AttemptJson } from "../source/json.ts";

/** The beginning of our worker's messages: the definition, the task and the attempt, which the page shows beside the message. */
const LABEL = /^"(?:[^"\\]|\\.)*" \((?:task \S+, )?attempt \d+\) (?:failed: |was (?=discarded))?/;

/** Returns the `message` of our worker's answer, or the first line of another answer; empty without one. */
export function firstLineOf({ response, error }: AttemptJson): string {
  if (response === undefined) return error ?? "";
  if (response.bodyEncoding === "base64") return "a binary answer";
  const message = messageOf(response.body);
  return withoutLabel((message ?? response.body).trim().split("\n", 1)[0] ?? "");
}

/** Removes the name of the task from the beginning of a message of our worker. */
export function withoutLabel(message: string): string {
  return message.replace(LABEL, "");
}

function messageOf(body: string): string | undefined {
  try {
    const { message } = Object(JSON.parse(body)) as { readonly message?: unknown };
    return typeof message === "string" ? message : undefined;
  } catch {
    return undefined;
  }
}
