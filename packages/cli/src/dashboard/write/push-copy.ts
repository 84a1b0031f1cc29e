import { invalidArgument, type PushJson, restoreMasked } from "@cloudtask/emulator/internal";
import { isDeadLetterHeader } from "cloudtask/internal";
import type { CloudApi } from "../cloud-parts.ts";
import { ownQueue, ownResource } from "../own-resource.ts";
import { type ApiTask, queueOf, requestOf, urlOf } from "../read/api-task.ts";
import { bodyOf, deadLetterOf, maskedRequest } from "../read/task-json.ts";

const TEXT_FIELDS = ["from", "queue", "url", "body", "scheduleTime"] as const;

/** The fields of POST /control/push over Google Cloud: those that the pages send. */
type Push = Pick<PushJson, (typeof TEXT_FIELDS)[number] | "delete">;

/** Headers that Cloud Tasks sets itself. */
const OUTPUT_HEADERS = ["user-agent", "content-length"];

/** Answers POST /control/push: creates a task from another one, with its secrets, and with changes. */
export async function pushCopy(
  api: CloudApi,
  fields: Readonly<Record<string, unknown>>,
): Promise<{ readonly name: string }> {
  const push = checked(fields);
  const { from } = push;
  ownResource(api, from, "tasks");
  const path = `${from}?responseView=FULL`;
  const original = (await api.transport.call({ method: "GET", path, action: `read ${from}` })).body as ApiTask;
  const home = deadLetterOf(original, maskedRequest(original, 0))?.homeQueue;
  const queue = ownQueue(api, push.queue ?? home ?? queueOf(original));
  const { body } = await api.transport.call({
    method: "POST",
    path: `${queue}/tasks`,
    body: JSON.stringify({ task: copyOf(original, push) }),
    action: `create a task in ${queue}`,
    once: true,
  });
  // The copy exists, so a crash here leaves both tasks, never none.
  if (push.delete === true) await api.admin.tasks.delete(from);
  return { name: String(Object(body).name) };
}

function checked(fields: Readonly<Record<string, unknown>>): Push {
  const known: readonly string[] = [...TEXT_FIELDS, "delete"];
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw invalidArgument(`${unknown} is not a field of this request; its fields are: ${known.join(", ")}`);
  }
  const wrong = TEXT_FIELDS.find((name) => fields[name] !== undefined && typeof fields[name] !== "string");
  if (wrong !== undefined)
    throw invalidArgument(`${wrong}: expected a string; received ${JSON.stringify(fields[wrong])}`);
  if (typeof fields.from !== "string") throw invalidArgument("from: expected the full name of a task");
  if (fields.delete !== undefined && typeof fields.delete !== "boolean") {
    throw invalidArgument("delete: expected true or false");
  }
  return fields as unknown as Push;
}

function copyOf(original: ApiTask, push: Push): object {
  const { dispatchDeadline, retryConfig, appEngineHttpRequest } = original;
  const target = appEngineHttpRequest === undefined ? "httpRequest" : "appEngineHttpRequest";
  const { host: _, ...routing } = appEngineHttpRequest?.appEngineRouting ?? {};
  const edited = editedParts(original, push);
  return {
    dispatchDeadline,
    retryConfig,
    scheduleTime: push.scheduleTime,
    [target]: {
      ...requestOf(original),
      [appEngineHttpRequest === undefined ? "url" : "relativeUri"]: edited.url,
      ...(appEngineHttpRequest && { appEngineRouting: routing }),
      headers: ownHeaders(original),
      body: edited.body.toString("base64"),
    },
  };
}

function editedParts(original: ApiTask, push: Push): { readonly url: string; readonly body: Buffer } {
  const masked = maskedRequest(original, Number.POSITIVE_INFINITY);
  const body = bodyOf(original);
  const isText = masked.bodyEncoding === "text" && masked.bodyNote === undefined;
  return {
    url: restored("url", urlOf(original), masked.url, push.url),
    body:
      push.body === undefined
        ? body
        : Buffer.from(isText ? restored("body", body.toString(), masked.body, push.body) : push.body),
  };
}

function restored(field: string, original: string, masked: string, edited: string | undefined): string {
  const value = edited === undefined ? original : restoreMasked(original, masked, edited);
  if (value !== undefined) return value;
  throw invalidArgument(
    `${field}: the number of masked values (***) changed, so they cannot be restored. Keep all of them in their order, or replace all of them.`,
  );
}

function ownHeaders(original: ApiTask): Readonly<Record<string, string>> {
  const entries = Object.entries(requestOf(original).headers ?? {});
  const isOwn = (name: string): boolean => !isDeadLetterHeader(name) && !OUTPUT_HEADERS.includes(name.toLowerCase());
  return Object.fromEntries(entries.filter(([name]) => isOwn(name)));
}
