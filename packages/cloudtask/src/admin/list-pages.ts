import type { ApiCall } from "../transport/transport.ts";
import type { AdminContext } from "./admin-context.ts";
import { unexpectedAnswer } from "./answer.ts";
import { type Json, objectOf, textOf } from "./json-fields.ts";

/** A list call of the API. */
export interface ListCall extends Pick<ApiCall, "action" | "path" | "signal" | "version"> {
  /** Query parameters, without the page token. */
  readonly query: Readonly<Record<string, string | undefined>>;
}

/**
 * Calls a list method until an answer has no page token, and yields each answer. Cloud Tasks returns a token with every page that
 * holds an item, so the last answer is usually empty.
 */
export async function* listPages(context: AdminContext, { path, query, ...call }: ListCall): AsyncGenerator<Json> {
  let pageToken: string | undefined;
  do {
    const page: string = withQuery(path, { ...query, pageToken });
    const { body } = await context.transport.call({ ...call, method: "GET", path: page });
    yield objectOf(body);
    const nextPageToken = textOf(objectOf(body).nextPageToken);
    if (nextPageToken !== undefined && nextPageToken === pageToken) {
      throw unexpectedAnswer(call.action, "two pages have the same token");
    }
    pageToken = nextPageToken;
  } while (pageToken !== undefined);
}

/** Appends query parameters to a path. Parameters that are `undefined` are left out. */
export function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const parameters = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return parameters.length === 0 ? path : `${path}?${new URLSearchParams(parameters)}`;
}
