import { hasCode } from "../core/errors/has-code.ts";
import type { ApiCall } from "../transport/transport.ts";
import type { AdminContext } from "./admin-context.ts";
import { unexpectedAnswer } from "./answer.ts";
import { type Json, objectOf, textOf } from "./json-fields.ts";

/** A list call of the API. */
export interface ListCall extends Pick<ApiCall, "action" | "path" | "signal" | "version"> {
  /** Query parameters, without size and token of the page. */
  readonly query: Readonly<Record<string, string | undefined>>;
  /** The most items of a page. The next size is used from the first page on that is too large for the transport. Default: the API's. */
  readonly pageSizes?: readonly number[] | undefined;
}

/**
 * Calls a list method until an answer has no page token, and yields each answer. Cloud Tasks returns a token with every page that
 * holds an item, so the last answer is usually empty.
 */
export async function* listPages(context: AdminContext, call: ListCall): AsyncGenerator<Json> {
  let sizes = call.pageSizes ?? [];
  let pageToken: string | undefined;
  do {
    const page = await readPage(context, call, { sizes, pageToken });
    sizes = page.sizes;
    yield page.body;
    const nextPageToken = textOf(page.body.nextPageToken);
    if (nextPageToken !== undefined && nextPageToken === pageToken) {
      throw unexpectedAnswer(call.action, "two pages have the same token");
    }
    pageToken = nextPageToken;
  } while (pageToken !== undefined);
}

interface PageRequest {
  readonly sizes: readonly number[];
  readonly pageToken: string | undefined;
}

async function readPage(
  context: AdminContext,
  { path, query, pageSizes, ...call }: ListCall,
  { sizes, pageToken }: PageRequest,
): Promise<Pick<PageRequest, "sizes"> & { readonly body: Json }> {
  const [size, ...smaller] = sizes;
  const parameters = { ...query, pageSize: size === undefined ? undefined : String(size), pageToken };
  try {
    const { body } = await context.transport.call({ ...call, method: "GET", path: withQuery(path, parameters) });
    return { body: objectOf(body), sizes };
  } catch (error) {
    if (smaller.length === 0 || !isTooLarge(error)) throw error;
    return readPage(context, { path, query, ...call }, { sizes: smaller, pageToken });
  }
}

/** Checks whether an answer was longer than a transport reads, 16 MiB. */
function isTooLarge(error: unknown): boolean {
  return hasCode(error, "NETWORK_ERROR") && objectOf(error.cause).code === "ERR_RESPONSE_TOO_LARGE";
}

/** Appends query parameters to a path. Parameters that are `undefined` are left out. */
export function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const parameters = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return parameters.length === 0 ? path : `${path}?${new URLSearchParams(parameters)}`;
}
