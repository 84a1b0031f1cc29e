/** The google.rpc codes that Cloud Tasks reports for the HTTP status of an attempt. `codeOf()` has the rules for all others. */
const codes = new Map<number, readonly [code: number, name: string]>([
  [400, [3, "INVALID_ARGUMENT"]],
  [401, [16, "UNAUTHENTICATED"]],
  [403, [7, "PERMISSION_DENIED"]],
  [404, [5, "NOT_FOUND"]],
  [409, [10, "ABORTED"]],
  [429, [8, "RESOURCE_EXHAUSTED"]],
  [499, [1, "CANCELLED"]],
  [501, [12, "UNIMPLEMENTED"]],
  [503, [14, "UNAVAILABLE"]],
  [504, [4, "DEADLINE_EXCEEDED"]],
]);

/**
 * Returns `Attempt.response_status`, as recorded from the service.
 *
 * @param httpStatus - 504 if the deadline passed; undefined if there was no response, which the service shows as 0
 */
export function attemptStatus(httpStatus: number = 0): { code: number; message: string } {
  const [code, name] = codeOf(httpStatus);
  return { code, message: `${name}(${code}): HTTP status code ${httpStatus}` };
}

function codeOf(httpStatus: number): readonly [code: number, name: string] {
  const code = codes.get(httpStatus);
  if (code) return code;
  const hundreds = Math.floor(httpStatus / 100);
  if (hundreds === 2) return [0, "OK"];
  if (hundreds === 4) return [9, "FAILED_PRECONDITION"];
  return hundreds === 5 ? [13, "INTERNAL"] : [2, "UNKNOWN"];
}
