import { hasCode } from "../../core/errors/has-code.ts";

/**
 * Makes a call of v2beta3, which has fields that v2 lacks, and repeats it with v2 if the API does not offer v2beta3.
 *
 * @throws the error of v2 if both fail
 */
export async function withBeta<T>(call: (version: "v2beta3" | undefined) => Promise<T>): Promise<T> {
  try {
    return await call("v2beta3");
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return call(undefined);
  }
}

/** Checks whether the version may be missing. A missing queue has a 404 with the status `NOT_FOUND`, a missing version has none. */
function isUnavailable(error: unknown): boolean {
  if (!hasCode(error, "API_ERROR")) return false;
  const { httpStatus, status } = error;
  return (httpStatus === 404 && status !== "NOT_FOUND") || [400, 403, 501].includes(httpStatus);
}
