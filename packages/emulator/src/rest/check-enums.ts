import type { DescEnum, DescField, DescMessage, JsonValue } from "@bufbuild/protobuf";
import { invalidArgument } from "../service/rpc-error.ts";

/**
 * Refuses names that are no values of their enums. The parser takes them for unset where it ignores unknown fields, so that
 * a misspelt method would silently become the default.
 *
 * @param schema - what the JSON is to be read as
 * @param path - of the JSON within the request, empty for the request itself
 * @throws RpcError that names the field and the value
 */
export function checkEnums(schema: DescMessage, json: JsonValue, path = ""): void {
  // The types of google.protobuf are written in ways of their own.
  if (!isObject(json) || schema.typeName.startsWith("google.protobuf.")) return;
  for (const field of schema.fields) {
    const type = typeOf(field);
    if (!type) continue;
    const at = path === "" ? field.name : `${path}.${field.name}`;
    for (const [place, value] of itemsOf(field, json[field.jsonName] ?? json[field.name])) {
      if (type.kind === "enum") checkName(type, value, at + place);
      else checkEnums(type, value, at + place);
    }
  }
}

function typeOf(field: DescField): DescEnum | DescMessage | undefined {
  return field.enum ?? field.message;
}

/** The values of a field with what their place adds to its path. */
function itemsOf(field: DescField, value: JsonValue | undefined): (readonly [place: string, value: JsonValue])[] {
  if (value === undefined) return [];
  if (field.fieldKind === "list") return Array.isArray(value) ? value.map((item, index) => [`[${index}]`, item]) : [];
  if (field.fieldKind === "map")
    return isObject(value) ? Object.entries(value).map(([key, item]) => [`[${key}]`, item]) : [];
  return [["", value]];
}

function checkName(type: DescEnum, value: JsonValue, path: string): void {
  if (typeof value !== "string" || type.values.some(({ name }) => name === value)) return;
  throw invalidArgument(`Invalid value at '${path}' (type.googleapis.com/${type.typeName}), ${JSON.stringify(value)}`);
}

function isObject(json: JsonValue): json is { [key: string]: JsonValue } {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
