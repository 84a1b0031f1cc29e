import type { AttemptFinished } from "../../emulator-events.ts";

/** Characters of a message to show. */
const MESSAGE_LENGTH = 300;

/** Returns the error of the connection, or the message of the answer: its field `message`, or its first line. */
export function failureMessage({ error, response }: Pick<AttemptFinished, "error" | "response">): string | undefined {
  if (error !== undefined) return error;
  return response?.bodyEncoding === "text" ? messageIn(response.body) : undefined;
}

/** Returns the field `message` of JSON, or the first line of another text; `undefined` if it is empty. */
export function messageIn(body: string): string | undefined {
  const text = jsonMessage(body) ?? body.trim().split(/[\r\n]/, 1)[0];
  return text === "" ? undefined : text?.slice(0, MESSAGE_LENGTH).toWellFormed();
}

function jsonMessage(body: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    const { message, error } = Object(value) as { readonly message?: unknown; readonly error?: unknown };
    const nested = (Object(error) as { readonly message?: unknown }).message;
    return [message, nested, error].find((each) => typeof each === "string") as string | undefined;
  } catch {
    return undefined;
  }
}
