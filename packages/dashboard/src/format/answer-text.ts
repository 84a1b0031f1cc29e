import type { AttemptJson } from "../source/json.ts";

/** Returns the `message` of our worker's answer, or the first line of another answer; empty without one. */
export function firstLineOf({ response, error }: AttemptJson): string {
  if (response === undefined) return error ?? "";
  if (response.bodyEncoding === "base64") return "a binary answer";
  const message = messageOf(response.body);
  return (message ?? response.body).trim().split("\n", 1)[0] ?? "";
}

function messageOf(body: string): string | undefined {
  try {
    const { message } = Object(JSON.parse(body)) as { readonly message?: unknown };
    return typeof message === "string" ? message : undefined;
  } catch {
    return undefined;
  }
}
