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
import { fieldValue } from "../service/field-value.ts";
import type { RestRequest } from "./handler.ts";
import { fieldNamed, isObject, readField, readMessage } from "./json/read-message.ts";
import { isWellKnown } from "./json/read-well-known.ts";
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

/** A dot separates the fields of a nested message: `task.httpRequest.url`. */
function bindParameter(message: Message, type: DescMessage, { name, values }: Parameter, errors: RequestErrors): void {
  const parents = fieldsAlong(type, name);
  const field = parents.pop();
  if (!field || field.fieldKind === "map") {
    errors.addUnbound(name, `Field '${name}' could not be found in request message.`);
  } else if (field.message && !isWellKnown(field.message)) {
    errors.addUnbound(name, `'${name}' is a message type. Parameters can only be bound to primitive types.`);
  } else {
    const path = parents.map((parent) => parent.name).join(".");
    const last = name.slice(name.lastIndexOf(".") + 1);
    readField(
      innerMessage(message, parents),
      field,
      { name: last, value: valueOfAll(field, values) },
      { errors, path },
    );
  }
}

/** The fields along a path; empty if there is no such field. */
function fieldsAlong(type: DescMessage, path: string): DescField[] {
  const fields: DescField[] = [];
  let parent: DescMessage | undefined = type;
  for (const name of path.split(".")) {
    const field: DescField | undefined = parent && fieldNamed(parent, name);
    if (!field) return [];
    fields.push(field);
    parent = field.fieldKind === "message" ? field.message : undefined;
  }
  return fields;
}

/** The message at the end of the fields, created if it is not set. */
function innerMessage(message: Message, parents: readonly DescField[]): Message {
  return parents.reduce((holder, field) => {
    const fields = holder as unknown as Record<string, unknown>;
    const current = fieldValue(holder, field) as Message | undefined;
    if (current || field.fieldKind !== "message") return current ?? holder;
    const created = create(field.message);
    if (field.oneof) fields[field.oneof.localName] = { case: field.localName, value: created };
    else fields[field.localName] = created;
    return created;
  }, message);
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
