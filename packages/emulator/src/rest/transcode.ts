import {
  create,
  type DescField,
  type DescMessage,
  type DescMethod,
  type JsonValue,
  type Message,
} from "@bufbuild/protobuf";
import { FieldMaskSchema } from "@bufbuild/protobuf/wkt";
import { parseBody } from "../http/parse-body.ts";
import type { RestRequest } from "./handler.ts";
import { fieldNamed, isObject, readField, readMessage } from "./json/read-message.ts";
import { RequestErrors } from "./json/request-errors.ts";
import type { Binding } from "./routes.ts";
import { isSystemParameter } from "./system-parameters.ts";

/**
 * Builds the message of a call from a REST request: the body sets its field, the path the name, the query everything else.
 * Source of the rules: google/api/http.proto.
 *
 * @throws RpcError for invalid JSON, unknown fields and parameters, and values of the wrong type
 */
export function transcode(method: DescMethod, binding: Binding, request: RestRequest): Message {
  const errors = new RequestErrors();
  const message = readBodyOf(method.input, binding, request, errors);
  for (const [name, values] of request.query.entries()) {
    if (!isSystemParameter(name)) bindParameter(message, method.input, { name, values }, errors);
  }
  errors.throwIfAny();
  setName(message, method.input, binding.name.split("."), request.name);
  return message;
}

function readBodyOf(type: DescMessage, { body }: Binding, request: RestRequest, errors: RequestErrors): Message {
  const json = body === undefined ? {} : parseBody(request.body);
  if (!isObject(json)) {
    errors.addUnknownName("", "", "Root element must be a message.");
    return create(type);
  }
  if (body === undefined || body === "*") return readMessage(type, json, { errors, path: "" });
  const message = create(type);
  const field = fieldNamed(type, body);
  if (field) readField(message, field, { name: body, value: json }, { errors, path: "" });
  return message;
}

/** A query parameter with all its values. */
interface Parameter {
  readonly name: string;
  readonly values: readonly string[];
}

function bindParameter(message: Message, type: DescMessage, { name, values }: Parameter, errors: RequestErrors): void {
  const field = fieldNamed(type, name);
  if (!field || field.fieldKind === "map") {
    errors.add(
      `Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter. Field '${name}' could not be found in request message.`,
    );
    return;
  }
  readField(message, field, { name, value: valueOfAll(field, values) }, { errors, path: "" });
}

/** A repeated parameter is a list. Masks are combined, and of any other field the last value counts. */
function valueOfAll(field: DescField, values: readonly string[]): JsonValue {
  if (field.fieldKind === "list") return [...values];
  return field.message?.typeName === FieldMaskSchema.typeName ? values.join(",") : (values.at(-1) ?? "");
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
