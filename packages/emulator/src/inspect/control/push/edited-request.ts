import type { TaskRequest } from "../../../engine/records.ts";
import { invalidArgument } from "../../../service/rpc-error.ts";
import { urlOf } from "../../tasks/url-of.ts";
import type { CopiedTask } from "./copied-task.ts";
import { NotCopiedError } from "./not-copied-error.ts";
import { restoreMasked } from "./restore-masked.ts";

/** The changes to a copied request. An undefined part is copied. */
export interface RequestChanges {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly body: string | undefined;
  readonly bodyBase64: string | undefined;
}

/** Copies everything. */
export const unchanged: RequestChanges = {
  method: undefined,
  url: undefined,
  headers: undefined,
  body: undefined,
  bodyBase64: undefined,
};

/**
 * @throws NotCopiedError if a value is masked and unknown
 * @throws RpcError if it is unknown which values the `***` of a change stand for
 */
export function editedRequest(copied: CopiedTask, changes: RequestChanges): TaskRequest {
  const { request, masked } = copied;
  const url = restored(copied, "url", urlOf(request), masked.url, changes.url);
  const method = changes.method ?? request.method;
  const edited = { method, headers: headersOf(copied, changes.headers), body: bodyOf(copied, changes) };
  return request.kind === "http" ? { ...request, ...edited, url } : { ...request, ...edited, relativeUri: url };
}

function headersOf(copied: CopiedTask, changed: RequestChanges["headers"]): Record<string, string> {
  const { request, masked } = copied;
  const shown = new Map(masked.headers.map(([name, value]) => [name.toLowerCase(), value]));
  const original = new Map(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const entries = Object.entries(changed ?? request.headers).map(([name, value]) => {
    const key = name.toLowerCase();
    const before = original.get(key) ?? "";
    const edited = changed ? value : undefined;
    return [name, restored(copied, `headers: ${name}`, before, shown.get(key) ?? before, edited)];
  });
  return Object.fromEntries(entries);
}

function bodyOf(copied: CopiedTask, { body, bodyBase64 }: RequestChanges): Uint8Array {
  const { request, masked, isWhole, isCut } = copied;
  if (body !== undefined && bodyBase64 !== undefined)
    throw invalidArgument("body, bodyBase64: only one of them is allowed");
  if (bodyBase64 !== undefined) return Buffer.from(bodyBase64, "base64");
  if (body === undefined) {
    if (isCut) throw missing("body: the history has only its beginning");
    if (!isWhole && masked.bodyNote !== undefined)
      throw missing(`body: the history does not have it as it was sent (${masked.bodyNote})`);
    if (!isWhole) rejectMask("body", masked.body);
    return request.body;
  }
  const isText = masked.bodyEncoding === "text" && masked.bodyNote === undefined;
  const original = isText ? Buffer.from(request.body).toString() : body;
  return Buffer.from(restored(copied, "body", original, isText ? masked.body : body, body));
}

/** @param edited - `undefined` if the value is copied */
function restored(
  { isWhole }: CopiedTask,
  name: string,
  original: string,
  masked: string,
  edited: string | undefined,
): string {
  if (!isWhole) {
    const value = edited ?? original;
    rejectMask(name, value);
    return value;
  }
  const value = edited === undefined ? original : restoreMasked(original, masked, edited);
  if (value !== undefined) return value;
  throw invalidArgument(
    `${name}: the number of masked values (***) changed, so they cannot be restored. Keep all of them in their order, or replace all of them.`,
  );
}

function rejectMask(name: string, value: string): void {
  if (value.includes("***")) throw missing(`${name}: the history keeps *** instead of a secret`);
}

function missing(reason: string): NotCopiedError {
  return new NotCopiedError(reason, "The task is finished, so enter the value again.");
}
