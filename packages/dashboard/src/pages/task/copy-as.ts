import { idOf } from "../../format/format.ts";
import type { RequestJson, TaskWithRequestJson } from "../../source/json.ts";

/** Headers that a tool sets by itself. */
const AUTOMATIC = new Set(["content-length", "host", "user-agent", "connection"]);

/** Returns a curl command that sends the request of a task to its target. Masked values stay `***`. */
export function asCurl({ method, url, headers, body, bodyEncoding }: RequestJson): string {
  const lines = [`curl -X ${method} ${quote(url)}`];
  for (const [name, value] of ownHeaders(headers)) lines.push(`-H ${quote(`${name}: ${value}`)}`);
  if (body === "") return join(lines);
  if (bodyEncoding === "text") return join([...lines, `--data-binary ${quote(body)}`]);
  return `echo ${quote(body)} | base64 -d | ${join([...lines, "--data-binary @-"])}`;
}

/** Returns a gcloud command that creates the task again. */
export function asGcloud({ queue }: Pick<TaskWithRequestJson, "queue">, request: RequestJson): string {
  const [, project = "", , location = ""] = queue.split("/");
  const lines = [
    "gcloud tasks create-http-task",
    `--project=${quote(project)}`,
    `--location=${quote(location)}`,
    `--queue=${quote(idOf(queue))}`,
    `--url=${quote(request.url)}`,
    `--method=${request.method}`,
    ...ownHeaders(request.headers).map(([name, value]) => `--header=${quote(`${name}: ${value}`)}`),
  ];
  return join(request.body === "" ? lines : [...lines, `--body-content=${quote(request.body)}`]);
}

/** Returns a line that pushes the task again with the library, or the request for `fetch` if it has no definition. */
export function asTypeScript({ definition }: Pick<TaskWithRequestJson, "definition">, request: RequestJson): string {
  const payload = payloadOf(request.body);
  if (definition !== undefined && payload !== undefined) {
    return `await client.get(${JSON.stringify(definition)})(${payload}).push();`;
  }
  const init = { method: request.method, headers: Object.fromEntries(ownHeaders(request.headers)), body: request.body };
  return `await fetch(${JSON.stringify(request.url)}, ${JSON.stringify(init, undefined, 2)});`;
}

/** The text of the payload in our envelope. It is cut out of the text, because parsing would round large numbers. */
function payloadOf(body: string): string | undefined {
  return /^\{"task":"(?:[^"\\]|\\.)*","payload":(.*)\}$/s.exec(body)?.[1];
}

function ownHeaders(headers: RequestJson["headers"]): RequestJson["headers"] {
  return headers.filter(([name]) => !AUTOMATIC.has(name.toLowerCase()) && !/^x-(cloudtasks|appengine)-/i.test(name));
}

function join(lines: readonly string[]): string {
  return lines.join(" \\\n  ");
}

/** Quotes for a POSIX shell. */
function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
