import type { DescEnum, DescField, DescMessage, JsonValue } from "@bufbuild/protobuf";
import { invalidArgument } from "../service/rpc-error.ts";

/**
 * Rejects unknown names of enum values. The parser, which ignores unknown fields, would treat them as unset, and a misspelt
 * method would silently become the default.
 *
 * @param schema - the type of the JSON
 * @param path - the path of the JSON within the request; empty for the request itself
 * @throws RpcError that names the field and the value
 */
export function checkEnums(schema: DescMessage, json: JsonValue, path = ""): void {
  // The types of google.protobuf have special JSON formats.
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

/** The values of a field, each with its suffix to the path of the field. */
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
