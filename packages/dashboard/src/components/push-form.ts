import { source } from "../source/http-source.ts";
import { serverNow } from "../state/live.ts";
import type { PushTemplate } from "./push-dialog.tsx";

/** The longest time ahead that Cloud Tasks accepts, in seconds. */
const MAX_DELAY_SECONDS = 30 * 86_400;

/**
 * Pushes the task that a form describes.
 *
 * @returns the full name of the new task
 * @throws Error for an invalid field, with its name
 */
export async function pushForm(
  queue: string,
  template: PushTemplate | undefined,
  form: Pick<FormData, "get">,
): Promise<string> {
  const url = String(form.get("url") ?? "").trim();
  const body = String(form.get("body") ?? "");
  if (form.get("json") !== null) checkJson(body);
  const scheduleTime = scheduleTimeOf(String(form.get("delay") ?? "0"));
  if (template !== undefined) {
    return source.push({
      from: template.from,
      delete: template.delete ?? false,
      queue,
      url,
      body,
      ...(scheduleTime && { scheduleTime }),
    });
  }
  const headers = form.get("json") === null ? {} : { "Content-Type": "application/json" };
  const httpRequest = { url, httpMethod: "POST", headers, body: base64(body) };
  return source.createTask(queue, { httpRequest, ...(scheduleTime && { scheduleTime }) });
}

function checkJson(body: string): void {
  try {
    JSON.parse(body);
  } catch (error) {
    throw new Error(`The body is not JSON: ${(error as Error).message}`);
  }
}

function scheduleTimeOf(delay: string): string | undefined {
  const seconds = Number(delay.trim() || "0");
  if (!(seconds >= 0 && seconds <= MAX_DELAY_SECONDS)) {
    throw new Error(`Delay: expected 0 to ${MAX_DELAY_SECONDS} seconds; received “${delay}”`);
  }
  return seconds === 0 ? undefined : new Date(serverNow() + seconds * 1_000).toISOString();
}

function base64(text: string): string {
  let binary = "";
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}
