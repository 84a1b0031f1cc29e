import { isUtf8 } from "node:buffer";
import { type DescMessage, fromJson, type JsonObject, type JsonValue, type MessageShape } from "@bufbuild/protobuf";
import { errorMessage } from "cloudtask/internal";
import { invalidArgument } from "../service/rpc-error.ts";
import { checkEnums } from "./check-enums.ts";

/**
 * The JSON object of a request's body; an empty body is an empty object.
 *
 * @throws RpcError where it is none
 */
export function parseBody(body: Buffer): JsonObject {
  if (body.length === 0) return {};
  if (!isUtf8(body)) throw invalidArgument("Invalid JSON payload received. The body is not UTF-8.");
  const value = parse(body.toString());
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw invalidArgument("Invalid JSON payload received. The body must be a JSON object.");
}

/**
 * A message from its proto3 JSON: names in camelCase or snake_case, enums as names or numbers, unknown fields ignored.
 *
 * @throws RpcError for a value of the wrong type, and for the name of no enum value
 */
export function messageOf<Desc extends DescMessage>(schema: Desc, json: JsonObject): MessageShape<Desc> {
  checkEnums(schema, json);
  try {
    return fromJson(schema, json, { ignoreUnknownFields: true });
  } catch (error) {
    throw invalidArgument(`Invalid JSON payload received. ${errorMessage(error)}`);
  }
}

function parse(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    throw invalidArgument(`Invalid JSON payload received. ${errorMessage(error)}`);
  }
}
