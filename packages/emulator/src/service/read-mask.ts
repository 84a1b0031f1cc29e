import {
  type DescMessage,
  fromJson,
  type JsonObject,
  type JsonValue,
  type MessageShape,
  toJson,
} from "@bufbuild/protobuf";
import { invalidArgument } from "./rpc-error.ts";

/**
 * Returns a message with only the fields of a read mask.
 *
 * @param paths - fields and sub-fields in camelCase or snake_case; `*` selects all
 * @throws RpcError for a path that is not a field
 */
export function applyReadMask<Desc extends DescMessage>(
  schema: Desc,
  message: MessageShape<Desc>,
  paths: readonly string[],
): MessageShape<Desc> {
  if (paths.includes("*")) return message;
  const whole = toJson(schema, message) as JsonObject;
  const part: JsonObject = {};
  for (const path of paths) copy(whole, part, fieldsOf(schema, path));
  return fromJson(schema, part);
}

/** Whether a read mask includes a field or one of its sub-fields. */
export function maskIncludes(paths: readonly string[], field: string): boolean {
  return paths.some((path) => path === "*" || path === field || path.startsWith(`${field}.`));
}

/** @returns the JSON names of the fields along the path */
function fieldsOf(schema: DescMessage, path: string): string[] {
  let at: DescMessage | undefined = schema;
  return path.split(".").map((name) => {
    const field = at?.fields.find((each) => each.name === name || each.jsonName === name);
    if (!field) throw invalidArgument(`Invalid read mask: "${path}" is not a field of ${schema.typeName}.`);
    at = field.fieldKind === "message" ? field.message : undefined;
    return field.jsonName;
  });
}

function copy(from: JsonObject, to: JsonObject, [field = "", ...rest]: readonly string[]): void {
  const value = from[field];
  if (value === undefined) return;
  if (rest.length === 0 || !isObject(value)) {
    to[field] = value;
    return;
  }
  const inner = to[field];
  const target: JsonObject = isObject(inner) ? inner : {};
  to[field] = target;
  copy(value, target, rest);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
