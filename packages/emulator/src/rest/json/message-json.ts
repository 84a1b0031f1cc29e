import {
  type DescField,
  type DescMessage,
  type JsonObject,
  type JsonValue,
  type Message,
  ScalarType,
  toJson,
} from "@bufbuild/protobuf";
import {
  type Any,
  AnySchema,
  anyUnpack,
  type FeatureSet_FieldPresence,
  type Timestamp,
  TimestampSchema,
} from "@bufbuild/protobuf/wkt";
import { fieldValue } from "../../service/field-value.ts";
import { setOwn } from "../../service/set-own.ts";
import { registry } from "./registry.ts";
import { isZero, scalarJson } from "./scalar-json.ts";
import { timestampJson } from "./timestamp-json.ts";

// Importing the enum would load the descriptor of descriptor.proto at the start.
const IMPLICIT: FeatureSet_FieldPresence.IMPLICIT = 2;

/** Writes a value; `enumAsInteger` writes its enums as numbers. */
type Writer = (value: unknown, enumAsInteger: boolean) => JsonValue;

/**
 * Writes the proto3 JSON of a message, as the protobuf library does, which takes twice as long.
 *
 * @param enumAsInteger - whether enums are written as numbers instead of names
 */
export function messageJson(schema: DescMessage, message: Message, enumAsInteger: boolean): JsonValue {
  return writerOf(schema)(message, enumAsInteger);
}

const writers = new Map<DescMessage, Writer>();

/** Writers are kept by type, because finding out how to write a field takes longer than writing it. */
function writerOf(schema: DescMessage): Writer {
  const known = writers.get(schema);
  if (known) return known;
  const writer = newWriter(schema);
  writers.set(schema, writer);
  return writer;
}

function newWriter(schema: DescMessage): Writer {
  if (schema.typeName === TimestampSchema.typeName) return (value) => timestampJson(value as Timestamp);
  if (schema.typeName === AnySchema.typeName) return anyJson;
  // The other messages of google.protobuf have a JSON format of their own too, and are rare.
  if (schema.typeName.startsWith("google.protobuf.")) return (value) => toJson(schema, value as Message);
  const fields = schema.fields
    .toSorted((a, b) => a.number - b.number)
    .map((field) => ({ field, name: field.jsonName, isSet: presenceOf(field), write: fieldWriter(field) }));
  return (message, enumAsInteger) => {
    const json: JsonObject = {};
    for (const { field, name, isSet, write } of fields) {
      const value = fieldValue(message, field);
      if (isSet(value)) json[name] = write(value, enumAsInteger);
    }
    return json;
  };
}

/** Returns the function that decides whether a field with a value is written. */
function presenceOf({ fieldKind, presence, scalar }: DescField): (value: unknown) => boolean {
  if (fieldKind === "list") return (value) => (value as readonly unknown[]).length > 0;
  if (fieldKind === "map") return (value) => Object.keys(value as object).length > 0;
  if (presence !== IMPLICIT) return (value) => value !== undefined;
  // Only numbers with a fraction have a negative zero, which is not the zero of an unset field.
  if (scalar === ScalarType.DOUBLE || scalar === ScalarType.FLOAT) return (value) => !Object.is(value, 0);
  return (value) => !isZero(value);
}

function fieldWriter(field: DescField): Writer {
  const write = valueWriter(field);
  if (field.fieldKind === "list") {
    return (items, asInteger) => (items as readonly unknown[]).map((item) => write(item, asInteger));
  }
  return field.fieldKind === "map" ? (map, asInteger) => mapJson(map as object, write, asInteger) : write;
}

function mapJson(map: object, write: Writer, enumAsInteger: boolean): JsonObject {
  const json: JsonObject = {};
  for (const [key, value] of Object.entries(map)) setOwn(json, key, write(value, enumAsInteger));
  return json;
}

/** Returns the writer of a value of a field, of an item of a list, or of a value of a map. */
function valueWriter({ message, enum: type, scalar }: DescField): Writer {
  if (message) {
    // A message can contain itself, so its writer is found when it is used.
    return (value, enumAsInteger) => writerOf(message)(value, enumAsInteger);
  }
  if (type) {
    return (value, enumAsInteger) => {
      const number = value as number;
      return enumAsInteger ? number : (type.value[number]?.name ?? number);
    };
  }
  return scalarJson(scalar);
}

/** An Any contains its message as bytes. The service writes the type first, the library last. */
function anyJson(value: unknown, enumAsInteger: boolean): JsonValue {
  const any = value as Any;
  const type = registry.getMessage(any.typeUrl.slice(any.typeUrl.lastIndexOf("/") + 1));
  // The messages of google.protobuf, such as Empty, have a JSON format of their own.
  const inner = type && !type.typeName.startsWith("google.protobuf.") ? anyUnpack(any, type) : undefined;
  if (!type || !inner) return toJson(AnySchema, any, { registry });
  return { "@type": any.typeUrl, ...(messageJson(type, inner, enumAsInteger) as JsonObject) };
}
