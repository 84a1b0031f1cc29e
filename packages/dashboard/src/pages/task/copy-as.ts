import { idOf } from "../../format/format.ts";
import { ownHeaders } from "../../format/own-headers.ts";
import { payloadOf } from "../../format/payload-text.ts";
import type { RequestJson, TaskWithRequestJson } from "../../source/json.ts";

type TaskRequestJson = NonNullable<TaskWithRequestJson["request"]>;

/** Characters of a body in an argument of a command. Linux accepts 128 KiB, in UTF-8. */
const MAX_ARGUMENT = 30_000;

/** Returns a curl command that sends the request of a task to its target. Masked values stay `***`. */
export function asCurl({ method, url, headers, body, bodyEncoding }: RequestJson): string {
  const own = ownHeaders(headers);
  const lines = [
    // Otherwise curl would read brackets as a pattern of many URLs.
    `curl ${/[[\]{}]/.test(url) ? "--globoff " : ""}${method === "HEAD" ? "--head" : `-X ${method}`} ${quote(url)}`,
    ...own.map(([name, value]) => `-H ${quote(value === "" ? `${name};` : `${name}: ${value}`)}`),
  ];
  if (body === "") return join(lines);
  // Otherwise curl would send the type of a form.
  if (!own.some(([name]) => name.toLowerCase() === "content-type")) lines.push("-H Content-Type:");
  if (isArgument(body, bodyEncoding) && !body.startsWith("@")) return join([...lines, `--data-binary ${quote(body)}`]);
  return fromInput(body, bodyEncoding, [...lines, "--data-binary @-"]);
}

/** Returns a gcloud command that creates the task again. Masked values stay `***`. */
export function asGcloud(
  { queue, authorization }: Pick<TaskWithRequestJson, "queue" | "authorization">,
  { kind, method, url, headers, body, bodyEncoding }: TaskRequestJson,
): string {
  const [, project = "", , location = ""] = queue.split("/");
  const lines = [
    `gcloud tasks create-${kind === "http" ? "http" : "app-engine"}-task`,
    `--project=${quote(project)}`,
    `--location=${quote(location)}`,
    `--queue=${quote(idOf(queue))}`,
    `--${kind === "http" ? "url" : "relative-uri"}=${quote(url)}`,
    `--method=${method}`,
    ...ownHeaders(headers).map(([name, value]) => `--header=${quote(`${name}: ${value}`)}`),
    ...tokenFlags(authorization),
  ];
  if (body === "") return join(lines);
  if (isArgument(body, bodyEncoding)) return join([...lines, `--body-content=${quote(body)}`]);
  return fromInput(body, bodyEncoding, [...lines, "--body-file=-"]);
}

function tokenFlags(authorization: TaskWithRequestJson["authorization"]): readonly string[] {
  if (authorization === undefined) return [];
  const { kind, serviceAccount, audience, scope } = authorization;
  const [flag, value] = kind === "oidc" ? ["--oidc-token-audience", audience] : ["--oauth-token-scope", scope];
  const account = `--${kind}-service-account-email=${quote(serviceAccount)}`;
  return value === undefined ? [account] : [account, `${flag}=${quote(value)}`];
}

/** Returns a line that pushes the task again with the library, or the request for `fetch` if it has no definition. */
export function asTypeScript(
  { definition, queue, deadLetter }: Pick<TaskWithRequestJson, "definition" | "queue" | "deadLetter">,
  request: RequestJson,
): string {
  const payload = payloadOf(request.body);
  if (definition !== undefined && payload !== undefined) {
    const options = `{ queue: ${JSON.stringify(idOf(deadLetter?.homeQueue ?? queue))} }`;
    return `await client.get(${JSON.stringify(definition)})(${payload}).push(${options});`;
  }
  const { method, url, headers, body, bodyEncoding } = request;
  const bytes = bodyEncoding === "text" ? JSON.stringify(body) : `Buffer.from(${JSON.stringify(body)}, "base64")`;
  return [
    `await fetch(${JSON.stringify(url)}, {`,
    `  method: ${JSON.stringify(method)},`,
    `  headers: ${JSON.stringify(Object.fromEntries(ownHeaders(headers)))},`,
    ...(body === "" ? [] : [`  body: ${bytes},`]),
    "});",
  ].join("\n");
}

/** Whether a body can be an argument of a command. A shell drops NUL characters. */
function isArgument(body: string, encoding: RequestJson["bodyEncoding"]): boolean {
  return encoding === "text" && body.length <= MAX_ARGUMENT && !body.includes("\0");
}

/** Passes a body to a command as its input: `printf` and `echo` are parts of the shell, and have no limit. */
function fromInput(body: string, encoding: RequestJson["bodyEncoding"], command: readonly string[]): string {
  if (encoding === "text" && !body.includes("\0")) return `printf %s ${quote(body)} | ${join(command)}`;
  const base64 = encoding === "text" ? base64Of(body) : body;
  return `echo ${quote(base64)} | base64 -d | ${join(command)}`;
}

function base64Of(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
}

function join(lines: readonly string[]): string {
  return lines.join(" \\\n  ");
}

/** Quotes for a POSIX shell. */
function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
