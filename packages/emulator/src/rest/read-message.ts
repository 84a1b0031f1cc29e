import { type DescMessage, fromJson, type JsonObject, type MessageShape } from "@bufbuild/protobuf";
import { errorMessage } from "cloudtask/internal";
import { invalidArgument } from "../service/rpc-error.ts";
import { checkEnums } from "./check-enums.ts";

/**
 * Reads a message from its proto3 JSON: names in camelCase or snake_case, enums as names or numbers. Unknown fields are ignored.
 *
 * @throws RpcError for a value of the wrong type, and for an unknown name of an enum value
 */
export function readMessage<Desc extends DescMessage>(schema: Desc, json: JsonObject): MessageShape<Desc> {
  checkEnums(schema, json);
  try {
    return fromJson(schema, json, { ignoreUnknownFields: true });
  } catch (error) {
    throw invalidArgument(`Invalid JSON payload received. ${errorMessage(error)}`);
  }
}
