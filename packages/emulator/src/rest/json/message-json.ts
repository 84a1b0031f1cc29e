import {
  create,
  type DescField,
  type DescMessage,
  type JsonObject,
  type JsonValue,
  type Message,
  ScalarType,
  toJson,
} from "@bufbuild/protobuf";
import { type Any, AnySchema, anyUnpack } from "@bufbuild/protobuf/wkt";
import { registry } from "./registry.ts";

type Fields = Record<string, unknown>;

/** Stands for extracted bytes, so the field keeps its position among the keys. */
const PLACEHOLDER = new Uint8Array(1);

/** A value that was extracted from a message, and its position in the JSON. */
interface Extracted {
  readonly path: readonly (string | number)[];
  readonly json: JsonValue;
  readonly restore: () => void;
}

/**
 * Writes the proto3 JSON of a message. Node encodes its bytes in base64: the library does so character by character, which uses
 * forty times their size in memory.
 *
 * @param enumAsInteger - whether enums are written as numbers instead of names
 */
export function messageJson(schema: DescMessage, message: Message, enumAsInteger: boolean): JsonValue {
  const extracted: Extracted[] = [];
  const write = (type: DescMessage, value: Message): JsonValue => messageJson(type, value, enumAsInteger);
  try {
    extract({ schema, message, path: [], extracted, write });
    const json = toJson(schema, message, { enumAsInteger, registry });
    for (const each of extracted) put(json, each);
    return json;
  } finally {
    for (const { restore } of extracted) restore();
  }
}

interface Walk {
  readonly schema: DescMessage;
  readonly message: Message;
  readonly path: readonly (string | number)[];
  readonly extracted: Extracted[];
  readonly write: (schema: DescMessage, message: Message) => JsonValue;
}

function extract(walk: Walk): void {
  for (const field of heavyFields(walk.schema)) {
    const [holder, key] = placeOf(walk.message as unknown as Fields, field);
    const value = holder[key];
    if (value !== undefined) extractField(walk, field, { holder, key, value });
  }
}

function extractField(walk: Walk, field: DescField, { holder, key, value }: Place & { readonly value: unknown }): void {
  const path = [...walk.path, field.jsonName];
  if (field.fieldKind === "list" && field.message) {
    const { message: schema } = field;
    for (const [index, message] of (value as Message[]).entries()) {
      extract({ ...walk, schema, message, path: [...path, index] });
    }
  } else if (field.fieldKind === "message") {
    extractMessage({ ...walk, schema: field.message, message: value as Message, path }, { holder, key });
  } else {
    const bytes = value as Uint8Array;
    if (bytes.length > 0) replace(walk.extracted, { holder, key, path, json: base64(bytes), by: PLACEHOLDER });
  }
}

/**
 * An Any contains its message as bytes, and that message may contain bytes itself. The service writes the type first, the
 * library last.
 */
function extractMessage(walk: Walk, { holder, key }: Place): void {
  if (walk.schema.typeName !== AnySchema.typeName) {
    extract(walk);
    return;
  }
  const any = walk.message as Any;
  const type = registry.getMessage(any.typeUrl.slice(any.typeUrl.lastIndexOf("/") + 1));
  // The messages of google.protobuf, such as Empty, have a JSON format of their own.
  const inner = type && !type.typeName.startsWith("google.protobuf.") ? anyUnpack(any, type) : undefined;
  if (!type || !inner) return;
  const json = { "@type": any.typeUrl, ...(walk.write(type, inner) as JsonObject) };
  replace(walk.extracted, { holder, key, path: walk.path, json, by: create(AnySchema) });
}

/** The position of a value in a message. */
interface Place {
  readonly holder: Fields;
  readonly key: string;
}

interface Replacement extends Place {
  readonly path: readonly (string | number)[];
  readonly json: JsonValue;
  readonly by: unknown;
}

function replace(extracted: Extracted[], { holder, key, path, json, by }: Replacement): void {
  const before = holder[key];
  const restore = (): void => {
    holder[key] = before;
  };
  extracted.push({ path, json, restore });
  holder[key] = by;
}

function put(json: JsonValue, { path, json: value }: Extracted): void {
  let at = json as Record<string | number, JsonValue>;
  for (const step of path.slice(0, -1)) at = at[step] as typeof at;
  const last = path.at(-1);
  if (last !== undefined) at[last] = value;
}

/** Finds the object that holds a field. The set member of a oneof is stored under the name of the oneof. */
function placeOf(message: Fields, field: DescField): readonly [holder: Fields, key: string] {
  if (!field.oneof) return [message, field.localName];
  const chosen = message[field.oneof.localName];
  const isChosen = (chosen as { readonly case: unknown }).case === field.localName;
  return [isChosen ? (chosen as Fields) : {}, "value"];
}

const heavy = new Map<DescMessage, readonly DescField[]>();

/** The fields that contain bytes, directly or in nested messages. */
function heavyFields(schema: DescMessage): readonly DescField[] {
  const cached = heavy.get(schema);
  if (cached) return cached;
  const fields = schema.typeName.startsWith("google.protobuf.") ? [] : schema.fields.filter(isHeavy);
  heavy.set(schema, fields);
  return fields;
}

function isHeavy(field: DescField): boolean {
  if (field.fieldKind === "scalar") return field.scalar === ScalarType.BYTES;
  if (field.fieldKind === "message" && field.message.typeName === AnySchema.typeName) return true;
  const isOfMessages = field.fieldKind === "message" || (field.fieldKind === "list" && field.message !== undefined);
  return isOfMessages && field.message !== undefined && heavyFields(field.message).length > 0;
}

function base64({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}
