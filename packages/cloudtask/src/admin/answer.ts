import { ApiError } from "../core/errors/api-error.ts";
import { type Json, objectOf } from "./json-fields.ts";

/**
 * Returns the resource in an answer.
 *
 * @throws ApiError if the answer has no name, because then a proxy and not the API has answered
 */
export function resourceOf(body: unknown, action: string): Json {
  const resource = objectOf(body);
  if (typeof resource.name === "string" && resource.name !== "") return resource;
  throw unexpectedAnswer(action, "the answer contains no resource name");
}

/** Creates the error of an answer that does not come from the Cloud Tasks API. */
export function unexpectedAnswer(action: string, problem: string): ApiError {
  const message = `Could not ${action}: ${problem}. Check that the address belongs to the Cloud Tasks API.`;
  return new ApiError(message, { status: "UNKNOWN", httpStatus: 200, apiMessage: "" });
}
