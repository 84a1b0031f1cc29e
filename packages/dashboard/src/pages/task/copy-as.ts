import { idOf } from "../../format/format.ts";
import type { RequestJson, TaskWithRequestJson } from "../../source/json.ts";

type TaskRequestJson = NonNullable<TaskWithRequestJson["request"]>;

/** Headers that a tool sets by itself. */
const AUTOMATIC = new Set(["content-length", "host", "user-agent", "connection"]);

/** Returns a curl command that sends the request of a task to its target. Masked values stay `***`. */
export function asCurl({ method, url, headers, body, bodyEncoding }: RequestJson): string {
  const lines = [`curl -X ${method} ${quote(url)}`];
  for (const [name, value] of ownHeaders(headers)) lines.push(`-H ${quote(`${name}: ${value}`)}`);
  if (body === "") return join(lines);
  if (bodyEncoding === "text") return join([...lines, `--data-binary ${quote(body)}`]);
  return fromBase64(body, [...lines, "--data-binary @-"]);
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
  if (bodyEncoding === "text") return join([...lines, `--body-content=${quote(body)}`]);
  return fromBase64(body, [...lines, "--body-file=-"]);
}

function tokenFlags(authorization: TaskWithRequestJson["authorization"]): readonly string[] {
  if (authorization === undefined) return [];
  const { kind, serviceAccount, audience, scope } = authorization;
  const [flag, value] = kind === "oidc" ? ["--oidc-token-audience", audience] : ["--oauth-token-scope", scope];
  const account = `--${kind}-service-account-email=${quote(serviceAccount)}`;
  return value === undefined ? [account] : [account, `${flag}=${quote(value)}`];
}

/** Returns a line that pushes the task again with the library, or the request for `fetch` if it has no definition. */
export function asTypeScript({ definition }: Pick<TaskWithRequestJson, "definition">, request: RequestJson): string {
  const payload = payloadOf(request.body);
  if (definition !== undefined && payload !== undefined) {
    return `await client.get(${JSON.stringify(definition)})(${payload}).push();`;
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

/**
 * The text of the payload in the envelope of our library; empty for a task without one. It is cut out of the text, because parsing
 * would round large numbers.
 */
function payloadOf(body: string): string | undefined {
  const found = /^\{"task":"(?:[^"\\]|\\.)*"(?:,"payload":(.*))?\}$/s.exec(body);
  return found === null ? undefined : (found[1] ?? "");
}

function ownHeaders(headers: RequestJson["headers"]): RequestJson["headers"] {
  return headers.filter(([name]) => !AUTOMATIC.has(name.toLowerCase()) && !/^x-(cloudtasks|appengine)-/i.test(name));
}

function fromBase64(body: string, command: readonly string[]): string {
  return `echo ${quote(body)} | base64 -d | ${join(command)}`;
}

function join(lines: readonly string[]): string {
  return lines.join(" \\\n  ");
}

/** Quotes for a POSIX shell. */
function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
