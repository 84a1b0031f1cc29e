import type { IncomingHttpHeaders } from "node:http";
import type { DescMessage, JsonValue, Message } from "@bufbuild/protobuf";
import type { Query } from "../http/query.ts";
import { messageJson } from "./message-json.ts";

/** What a request of the REST API is made of. */
export interface RestRequest {
  /** The resource that the path names; for lists and creates the parent. */
  readonly name: string;
  readonly query: Query;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Answers a request with JSON. */
export type Handler = (request: RestRequest) => Promise<JsonValue>;

/** What a path answers, by verb. */
export type Handlers = Readonly<Record<string, Handler>>;

/** A message as the caller wants it: enums by name, or as numbers. */
export function jsonOf(schema: DescMessage, message: Message, query: Query): JsonValue {
  return messageJson(schema, message, query.wantsEnumNumbers);
}
