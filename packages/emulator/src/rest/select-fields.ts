import type { DescField, DescMessage, JsonValue } from "@bufbuild/protobuf";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import { badRequest } from "../service/error-details.ts";
import { invalidArgument } from "../service/rpc-error.ts";
import { fieldNamed } from "./json/read-message.ts";
import type { Selection } from "./parse-fields.ts";

/**
 * Checks that all selected fields exist. The fields below a `*` are not checked.
 *
 * @throws RpcError that names the first path that is not a field of the answer
 */
export function checkFields(schema: DescMessage, selection: Selection, parent = ""): void {
  for (const [name, inner] of Object.entries(selection)) {
    if (name === "*") continue;
    const path = parent === "" ? name : `${parent}/${name}`;
    const field = fieldNamed(schema, name);
    if (!field) throw unknownField(path);
    checkInner(field, inner, path);
  }
}

function checkInner(field: DescField, inner: Selection, path: string): void {
  // A map has any key, and an Any contains a message of any type.
  if (field.fieldKind === "map" || field.message?.typeName === AnySchema.typeName) return;
  const [first] = Object.keys(inner);
  if (field.message && !field.message.typeName.startsWith("google.protobuf.")) checkFields(field.message, inner, path);
  else if (first !== undefined) throw unknownField(`${path}/${first}`);
}

/** Returns the selected part of an answer. */
export function selectFields(json: JsonValue, selection: Selection): JsonValue {
  if (Object.keys(selection).length === 0) return json;
  if (Array.isArray(json)) return json.map((item) => selectFields(item, selection));
  if (typeof json !== "object" || json === null) return json;
  const selected = Object.entries(json).flatMap(([field, value]): [string, JsonValue][] => {
    const inner = Object.hasOwn(selection, field) ? selection[field] : selection["*"];
    return inner ? [[field, selectFields(value, inner)]] : [];
  });
  return Object.fromEntries(selected);
}

function unknownField(path: string): Error {
  const description = `Error expanding 'fields' parameter. Cannot find matching fields for path '${path}'.`;
  return invalidArgument("Request contains an invalid argument.", [badRequest([{ field: path, description }])]);
}
