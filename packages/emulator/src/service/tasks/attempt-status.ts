/** The google.rpc codes that Cloud Tasks reports for the HTTP status of an attempt. Any other status is UNKNOWN. */
const codes = new Map<number, readonly [code: number, name: string]>([
  [200, [0, "OK"]],
  [400, [3, "INVALID_ARGUMENT"]],
  [401, [16, "UNAUTHENTICATED"]],
  [403, [7, "PERMISSION_DENIED"]],
  [404, [5, "NOT_FOUND"]],
  [409, [6, "ALREADY_EXISTS"]],
  [429, [8, "RESOURCE_EXHAUSTED"]],
  [499, [1, "CANCELLED"]],
  [500, [13, "INTERNAL"]],
  [501, [12, "UNIMPLEMENTED"]],
  [503, [14, "UNAVAILABLE"]],
  [504, [4, "DEADLINE_EXCEEDED"]],
]);

/**
 * Returns `Attempt.response_status`.
 *
 * @param httpStatus - undefined if there was no response
 */
export function attemptStatus(httpStatus: number | undefined): { code: number; message: string } {
  if (httpStatus === undefined) return { code: 14, message: "UNAVAILABLE(14): no response from the target" };
  const [code, name] = codes.get(httpStatus) ?? [2, "UNKNOWN"];
  return { code, message: `${name}(${code}): HTTP status code ${httpStatus}` };
}
