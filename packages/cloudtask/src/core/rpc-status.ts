/**
 * The codes of google.rpc.Status and the HTTP status of each, as Google's APIs answer over REST.
 * Source: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
 */
const TABLE = [
  ["OK", 200],
  ["CANCELLED", 499],
  ["UNKNOWN", 500],
  ["INVALID_ARGUMENT", 400],
  ["DEADLINE_EXCEEDED", 504],
  ["NOT_FOUND", 404],
  ["ALREADY_EXISTS", 409],
  ["PERMISSION_DENIED", 403],
  ["RESOURCE_EXHAUSTED", 429],
  ["FAILED_PRECONDITION", 400],
  ["ABORTED", 409],
  ["OUT_OF_RANGE", 400],
  ["UNIMPLEMENTED", 501],
  ["INTERNAL", 500],
  ["UNAVAILABLE", 503],
  ["DATA_LOSS", 500],
  ["UNAUTHENTICATED", 401],
] as const;

/** A google.rpc code by name, such as `NOT_FOUND`. */
export type RpcStatus = (typeof TABLE)[number][0];

/**
 * @param code - the number of a google.rpc code
 * @returns its name, `UNKNOWN` for a number that is none
 */
export function rpcStatusName(code: number): RpcStatus {
  return TABLE[code]?.[0] ?? "UNKNOWN";
}

/**
 * @param status - the name of a google.rpc code
 * @returns its number
 */
export function rpcStatusCode(status: RpcStatus): number {
  return TABLE.findIndex(([name]) => name === status);
}

/**
 * @param status - the name of a google.rpc code
 * @returns the HTTP status that Google's REST APIs answer for it
 */
export function httpStatusOf(status: RpcStatus): number {
  return TABLE.find(([name]) => name === status)?.[1] ?? 500;
}

/**
 * The code to assume where an HTTP answer carries no google.rpc.Status, from a proxy in between, say. Never one that says
 * how it stands with a resource, ALREADY_EXISTS or NOT_FOUND: only the API itself knows that.
 *
 * @param httpStatus - the HTTP status of the answer
 * @returns the name of a google.rpc code
 */
export function rpcStatusOfHttp(httpStatus: number): RpcStatus {
  if (httpStatus === 408) return "DEADLINE_EXCEEDED";
  if (httpStatus === 502) return "UNAVAILABLE";
  if (httpStatus === 400) return "INVALID_ARGUMENT";
  if (httpStatus === 404) return "UNKNOWN";
  if (httpStatus === 409) return "ABORTED";
  return TABLE.find(([, http]) => http === httpStatus)?.[0] ?? (httpStatus >= 500 ? "INTERNAL" : "UNKNOWN");
}

/**
 * @param value - whatever stood in the `status` field of an answer
 * @returns whether it is the name of a google.rpc code
 */
export function isRpcStatus(value: unknown): value is RpcStatus {
  return TABLE.some(([name]) => name === value);
}
