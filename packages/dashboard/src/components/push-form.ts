import { prettyJson } from "../format/pretty-json.ts";
import { source } from "../source/http-source.ts";
import type { RequestJson } from "../source/json.ts";
import { serverNow } from "../state/live.ts";

/** The longest time ahead that Cloud Tasks accepts, in seconds. */
const MAX_DELAY_SECONDS = 30 * 86_400;

/** A task that is copied. */
export interface PushedTask {
  readonly from: string;
  /** Its headers are those that its creator chose. */
  readonly request: RequestJson;
  /** The names of the headers whose values the user has to enter, because the server no longer has them. */
  readonly secrets: readonly string[];
  /** Whether the copied task is deleted. */
  readonly replace: boolean;
}

/**
 * Pushes the task that a form describes. Only changed fields are sent with a copy: the server copies the others, with their
 * secrets and exact bytes.
 *
 * @returns the full name of the new task
 * @throws Error for an invalid field, with its name
 */
export async function pushForm(copied: PushedTask | undefined, form: Pick<FormData, "get">): Promise<string> {
  const queue = String(form.get("queue"));
  const url = String(form.get("url") ?? "").trim();
  const body = form.get("body") === null ? undefined : String(form.get("body"));
  if (body !== undefined && form.get("json") !== null) checkJson(body);
  const scheduleTime = scheduleTimeOf(String(form.get("delay") ?? "0"));
  const time = scheduleTime === undefined ? {} : { scheduleTime };
  if (copied === undefined) {
    const headers = form.get("json") === null ? {} : { "Content-Type": "application/json" };
    const httpRequest = { url, httpMethod: "POST", headers, body: base64(body ?? "") };
    return source.createTask(queue, { httpRequest, ...time });
  }
  const { from, request, replace, secrets } = copied;
  const isSame = body === undefined || unixLines(body) === unixLines(prettyJson(request.body) ?? request.body);
  return source.push({
    from,
    delete: replace,
    queue,
    ...(url === request.url ? {} : { url }),
    ...(isSame ? {} : { body }),
    ...(secrets.length === 0 ? {} : { headers: enteredHeaders(request.headers, form) }),
    ...time,
  });
}

/** The values that the user entered, for the next form of this page. They are kept in memory only. */
const entered = new Map<string, string>();

/** Returns the value of a secret header that the user entered last. */
export function enteredSecret(name: string): string {
  return entered.get(name) ?? "";
}

function enteredHeaders(
  headers: RequestJson["headers"],
  form: Pick<FormData, "get">,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    headers.map(([name, value]) => {
      const secret = form.get(secretField(name));
      if (typeof secret === "string") entered.set(name, secret);
      return [name, secret === null ? value : String(secret)] as const;
    }),
  );
}

/** Returns the name of the field for a secret header. */
export function secretField(name: string): string {
  return `secret ${name}`;
}

/** A form sends all line ends as CRLF. */
function unixLines(text: string): string {
  return text.replaceAll("\r\n", "\n");
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
