import type { IncomingHttpHeaders } from "node:http";
import type { DescMessage, JsonValue, Message } from "@bufbuild/protobuf";
import type { Query } from "../http/query.ts";
import type { MaybePromise } from "../service/maybe-promise.ts";
import { messageJson } from "./json/message-json.ts";

/** A request of the REST API. */
export interface RestRequest {
  /** The resource in the path; for list and create calls its parent. */
  readonly name: string;
  readonly query: Query;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Answers a method of a path. */
export interface Handler {
  /** The type of the answer; undefined if it is not a message. */
  readonly output: DescMessage | undefined;
  readonly answer: (request: RestRequest) => MaybePromise<JsonValue>;
}

/** The handlers of a path, by HTTP method. */
export type Handlers = Readonly<Record<string, Handler>>;

/** The JSON of a message, with enums as names or numbers, as the query requests. */
export function jsonOf(schema: DescMessage, message: Message, query: Query): JsonValue {
  return messageJson(schema, message, query.wantsEnumNumbers);
}
