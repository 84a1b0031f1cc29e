import { isUtf8 } from "node:buffer";
import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import { errorMessage } from "cloudtask/internal";
import { invalidArgument } from "../service/rpc-error.ts";

/**
 * Parses the body of a request. An empty body is an empty object.
 *
 * @throws RpcError if the body is not JSON in UTF-8
 */
export function parseBody(body: Buffer): JsonValue {
  if (body.length === 0) return {};
  if (!isUtf8(body)) throw invalidArgument("Invalid JSON payload received. The body is not UTF-8.");
  try {
    return JSON.parse(body.toString()) as JsonValue;
  } catch (error) {
    throw invalidArgument(`Invalid JSON payload received. ${errorMessage(error)}`);
  }
}

/**
 * Parses the body of a request, which must be an object.
 *
 * @throws RpcError if the body is not a JSON object in UTF-8
 */
export function parseObject(body: Buffer): JsonObject {
  const value = parseBody(body);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw invalidArgument("Invalid JSON payload received. The body must be a JSON object.");
}
