import {
  create,
  type DescField,
  type DescMessage,
  type DescMethod,
  type JsonObject,
  type Message,
  ScalarType,
} from "@bufbuild/protobuf";
import { FieldMaskSchema } from "@bufbuild/protobuf/wkt";
import { parseBody } from "../http/parse-body.ts";
import type { Query } from "../http/query.ts";
import { invalidArgument } from "../service/rpc-error.ts";
import type { RestRequest } from "./handler.ts";
import { readMessage } from "./read-message.ts";
import type { Binding } from "./routes.ts";

/**
 * Builds the message of a call from a REST request: the body sets its field, the path the name, the query everything else.
 * Source of the rules: google/api/http.proto.
 *
 * @throws RpcError for invalid JSON or an invalid parameter
 */
export function transcode(method: DescMethod, binding: Binding, request: RestRequest): Message {
  const message = readMessage(method.input, bodyOf(binding, request.body));
  if (binding.body !== "*") {
    for (const field of method.input.fields) {
      if (field.localName !== binding.body && request.query.has(field.jsonName)) set(message, field, request.query);
    }
  }
  setName(message, method.input, binding.name.split("."), request.name);
  return message;
}

function bodyOf({ body }: Binding, bytes: Buffer): JsonObject {
  if (body === undefined) return {};
  const json = parseBody(bytes);
  return body === "*" ? json : { [body]: json };
}

function set(message: Message, field: DescField, query: Query): void {
  const target = message as unknown as Record<string, unknown>;
  if (field.fieldKind === "enum") {
    target[field.localName] = query.enumeration(field.jsonName, field.enum);
  } else if (field.fieldKind === "message" && field.message.typeName === FieldMaskSchema.typeName) {
    target[field.localName] = create(FieldMaskSchema, { paths: query.list(field.jsonName) });
  } else if (field.fieldKind === "scalar") {
    target[field.localName] = scalar(field.scalar, field.jsonName, query);
  }
}

function scalar(type: ScalarType, name: string, query: Query): unknown {
  if (type === ScalarType.STRING) return query.text(name);
  if (type === ScalarType.INT32) return query.integer(name);
  if (type === ScalarType.BOOL) return query.text(name) === "true";
  throw invalidArgument(`The parameter '${name}' cannot be set in the query.`);
}

function setName(message: Message, type: DescMessage, [first = "", second]: readonly string[], name: string): void {
  const target = message as unknown as Record<string, unknown>;
  if (second === undefined) {
    target[first] = name;
    return;
  }
  const field = type.fields.find(({ localName }) => localName === first);
  if (field?.fieldKind !== "message") return;
  const inner = target[first] ?? create(field.message);
  target[first] = Object.assign(inner, { [second]: name });
}
