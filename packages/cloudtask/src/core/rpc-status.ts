/**
 * The codes of google.rpc.Status, with the HTTP status that Google's REST APIs use for each.
 *
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

/** The name of a `google.rpc` code, such as `NOT_FOUND`. */
export type RpcStatus = (typeof TABLE)[number][0];

/** Returns the name of a `google.rpc` code; `UNKNOWN` for a number that is not a code. */
export function rpcStatusName(code: number): RpcStatus {
  return TABLE[code]?.[0] ?? "UNKNOWN";
}

/** Returns the number of a `google.rpc` code. */
export function rpcStatusCode(status: RpcStatus): number {
  return TABLE.findIndex(([name]) => name === status);
}

/** Returns the HTTP status that Google's REST APIs use for a `google.rpc` code. */
export function httpStatusOf(status: RpcStatus): number {
  return TABLE.find(([name]) => name === status)?.[1] ?? 500;
}

/**
 * Returns the code of an HTTP answer without a `google.rpc.Status`, such as the answer of a proxy. It is never ALREADY_EXISTS
 * or NOT_FOUND: only the API itself knows the state of a resource.
 */
export function rpcStatusOfHttp(httpStatus: number): RpcStatus {
  if (httpStatus === 408) return "DEADLINE_EXCEEDED";
  if (httpStatus === 502) return "UNAVAILABLE";
  if (httpStatus === 400) return "INVALID_ARGUMENT";
  if (httpStatus === 404) return "UNKNOWN";
  if (httpStatus === 409) return "ABORTED";
  return TABLE.find(([, http]) => http === httpStatus)?.[0] ?? (httpStatus >= 500 ? "INTERNAL" : "UNKNOWN");
}

/** Checks whether a value is the name of a `google.rpc` code. */
export function isRpcStatus(value: unknown): value is RpcStatus {
  return TABLE.some(([name]) => name === value);
}
