import {
  type DescField,
  type DescMessage,
  type JsonObject,
  type JsonValue,
  type Message,
  type MessageShape,
  ScalarType,
} from "@bufbuild/protobuf";
import { setOwn } from "../../service/set-own.ts";
import { newMessage } from "./new-message.ts";
import { readEnum, readScalar } from "./read-scalar.ts";
import { readWellKnown } from "./read-well-known.ts";
import { RequestErrors } from "./request-errors.ts";

/** The circumstances of a message that is read. */
export interface ReadContext {
  readonly errors: RequestErrors;
  /** The path of the message within the request, in snake_case; empty for the request itself. */
  readonly path: string;
  readonly ignoreUnknownFields?: boolean;
}

/** A value of a field. Its path is only needed for an error or for a message in it, so it is built then. */
interface Place {
  readonly field: DescField;
  /** The name under which the request contains the field; in a map, the key. */
  readonly name: string;
  /** The position in a list or a map. */
  readonly index?: number;
}

/**
 * Reads a message from its proto3 JSON, ignoring unknown fields.
 *
 * @throws RpcError for values of the wrong type
 */
export function readLeniently<Desc extends DescMessage>(schema: Desc, json: JsonObject): MessageShape<Desc> {
  const errors = new RequestErrors();
  const message = readMessage(schema, json, { errors, path: "", ignoreUnknownFields: true });
  errors.throwIfAny();
  return message;
}

/**
 * Reads a message from its proto3 JSON: names in camelCase or snake_case, enums as names or numbers. Errors are collected; the
 * fields that have one stay unset.
 */
export function readMessage<Desc extends DescMessage>(
  schema: Desc,
  json: JsonObject,
  context: ReadContext,
): MessageShape<Desc> {
  const message = newMessage(schema);
  for (const name of Object.keys(json)) {
    const field = fieldNamed(schema, name);
    if (field) readField(message, field, { name, value: json[name] ?? null }, context);
    else if (!context.ignoreUnknownFields) context.errors.addUnknownName(name, context.path, "Cannot find field.");
  }
  return message;
}

/** Finds a field by its name in camelCase or snake_case. */
export function fieldNamed(schema: DescMessage, name: string): DescField | undefined {
  let fields = fieldsByName.get(schema);
  if (!fields) {
    fields = new Map(
      schema.fields.flatMap((field) => [[field.name, field] as const, [field.jsonName, field] as const]),
    );
    fieldsByName.set(schema, fields);
  }
  return fields.get(name);
}

const fieldsByName = new Map<DescMessage, ReadonlyMap<string, DescField>>();

/** A value and the name under which the request contains it. */
export interface NamedValue {
  readonly name: string;
  readonly value: JsonValue;
}

/** Reads a field into a message. A null leaves it unset. */
export function readField(message: Message, field: DescField, { name, value }: NamedValue, context: ReadContext): void {
  if (value === null) return;
  const fields = message as unknown as Record<string, unknown>;
  if (field.fieldKind === "list") {
    fields[field.localName] = readList({ field, name }, value, context);
  } else if (field.fieldKind === "map") {
    fields[field.localName] = readMap({ field, name }, value, context);
  } else if (Array.isArray(value)) {
    context.errors.addUnknownName(name, context.path, "Proto field is not repeating, cannot start list.");
  } else {
    setSingular(fields, field, readSingular({ field, name }, value, context), context);
  }
}

function setSingular(fields: Record<string, unknown>, field: DescField, value: unknown, context: ReadContext): void {
  if (value === undefined) return;
  if (!field.oneof) {
    fields[field.localName] = value;
    return;
  }
  const member = fields[field.oneof.localName] as { readonly case: string | undefined };
  if (member.case === undefined) {
    fields[field.oneof.localName] = { case: field.localName, value };
    return;
  }
  context.errors.add(
    `Invalid value at '${context.path}' (oneof), oneof field '${field.oneof.name}' is already set. Cannot set '${field.jsonName}'`,
    context.path,
  );
}

/** A single value counts as a list of one. */
function readList(place: Place, value: JsonValue, context: ReadContext): unknown[] {
  const items = Array.isArray(value) ? value : [value];
  return items.flatMap((item, index) => {
    const read = readSingular({ ...place, index }, item, context);
    return read === undefined ? [] : [read];
  });
}

function readMap(place: Place, json: JsonValue, context: ReadContext): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  if (!isObject(json)) {
    context.errors.addInvalidValue(pathOf(place, context), "Map", JSON.stringify(json));
    return map;
  }
  for (const [index, name] of Object.keys(json).entries()) {
    setOwn(map, name, readSingular({ field: place.field, name, index }, json[name] ?? null, context) ?? "");
  }
  return map;
}

/** Reads a value of a field, of a list or of a map. Returns undefined and adds an error if it does not fit. */
function readSingular(place: Place, value: JsonValue, context: ReadContext): unknown {
  const { message, enum: type, scalar = ScalarType.STRING } = place.field;
  if (message) return readInner(message, place, value, context);
  const read = type ? readEnum(type, value) : readScalar(scalar, value);
  if (read !== undefined) return read;
  const typeName = type?.typeName ?? `TYPE_${ScalarType[scalar]}`;
  const isText = scalar === ScalarType.BYTES && typeof value === "string";
  const reason = `${isText ? "Base64 decoding failed for " : ""}${JSON.stringify(value)}`;
  context.errors.addInvalidValue(pathOf(place, context), typeName, reason);
  return undefined;
}

function readInner(type: DescMessage, place: Place, value: JsonValue, context: ReadContext): Message | undefined {
  const wellKnown = readWellKnown(type, place.name, value);
  if (typeof wellKnown === "object") return wellKnown;
  const path = pathOf(place, context);
  if (wellKnown === undefined && isObject(value)) return readMessage(type, value, { ...context, path });
  context.errors.addInvalidValue(path, type.typeName, wellKnown ?? JSON.stringify(value));
  return undefined;
}

/** Returns the path of a value within the request: `task.http_request.headers[0].value`. */
function pathOf({ field, index }: Place, { path }: ReadContext): string {
  const own = path === "" ? field.name : `${path}.${field.name}`;
  if (index === undefined) return own;
  return field.fieldKind === "map" ? `${own}[${index}].value` : `${own}[${index}]`;
}

/** Whether a JSON value is an object. */
export function isObject(json: JsonValue | undefined): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
