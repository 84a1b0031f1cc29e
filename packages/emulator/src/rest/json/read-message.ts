import {
  create,
  type DescField,
  type DescMessage,
  type JsonObject,
  type JsonValue,
  type Message,
  type MessageShape,
  ScalarType,
} from "@bufbuild/protobuf";
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
  const message = create(schema) as MessageShape<Desc>;
  for (const [name, value] of Object.entries(json)) {
    const field = fieldNamed(schema, name);
    if (field) readField(message, field, { name, value }, context);
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
  const path = context.path === "" ? field.name : `${context.path}.${field.name}`;
  const fields = message as unknown as Record<string, unknown>;
  const at = { ...context, path };
  if (field.fieldKind === "list") {
    fields[field.localName] = readList(field, { name, value }, at);
  } else if (field.fieldKind === "map") {
    fields[field.localName] = readMap(field, value, at);
  } else if (Array.isArray(value)) {
    context.errors.addUnknownName(name, context.path, "Proto field is not repeating, cannot start list.");
  } else {
    setSingular(fields, field, readSingular(field, { name, value }, at), context);
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
function readList(
  field: DescField & { fieldKind: "list" },
  { name, value }: NamedValue,
  context: ReadContext,
): unknown[] {
  const items = Array.isArray(value) ? value : [value];
  return items.flatMap((item, index) => {
    const read = readSingular(field, { name, value: item }, { ...context, path: `${context.path}[${index}]` });
    return read === undefined ? [] : [read];
  });
}

function readMap(
  field: DescField & { fieldKind: "map" },
  json: JsonValue,
  context: ReadContext,
): Record<string, unknown> {
  if (!isObject(json)) {
    context.errors.addInvalidValue(context.path, "Map", JSON.stringify(json));
    return {};
  }
  const entries = Object.entries(json).map(([key, value], index) => {
    const at = { ...context, path: `${context.path}[${index}].value` };
    return [key, readSingular(field, { name: key, value }, at) ?? ""] as const;
  });
  return Object.fromEntries(entries);
}

/** Reads a value of a field, of a list or of a map. Returns undefined and adds an error if it does not fit. */
function readSingular(field: DescField, { name, value }: NamedValue, context: ReadContext): unknown {
  const { errors, path } = context;
  if (field.message) {
    const wellKnown = readWellKnown(field.message, name, value);
    if (typeof wellKnown === "string") errors.addInvalidValue(path, field.message.typeName, wellKnown);
    else if (wellKnown) return wellKnown;
    else if (isObject(value)) return readMessage(field.message, value, context);
    else errors.addInvalidValue(path, field.message.typeName, JSON.stringify(value));
    return undefined;
  }
  const type = field.enum?.typeName ?? `TYPE_${ScalarType[field.scalar ?? ScalarType.STRING]}`;
  const read = field.enum ? readEnum(field.enum, value) : readScalar(field.scalar ?? ScalarType.STRING, value);
  if (read !== undefined) return read;
  const isText = field.scalar === ScalarType.BYTES && typeof value === "string";
  errors.addInvalidValue(path, type, `${isText ? "Base64 decoding failed for " : ""}${JSON.stringify(value)}`);
  return undefined;
}

/** Whether a JSON value is an object. */
export function isObject(json: JsonValue | undefined): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
