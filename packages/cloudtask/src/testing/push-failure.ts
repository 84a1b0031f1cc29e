import { ApiError } from "../core/errors/api-error.ts";
import { NetworkError } from "../core/errors/network-error.ts";
import { httpStatusOf, isRpcStatus, type RpcStatus } from "../core/rpc-status.ts";

const SAID = "tasks.failNextPush() had it fail.";

/**
 * @param given - an error, the name of a google.rpc code, or nothing
 * @returns what a push is to throw
 * @throws TypeError for anything else
 */
export function pushFailure(given: Error | RpcStatus | undefined): Error {
  if (given === undefined) return new NetworkError(`Could not push: ${SAID}`);
  if (given instanceof Error) return given;
  if (isRpcStatus(given)) return refusal("push", given, SAID);
  throw new TypeError(
    `tasks.failNextPush(): expected an Error, or a google.rpc code such as "UNAVAILABLE"; received ${String(given)}`,
  );
}

/**
 * @param what - what could not be done
 * @param status - the google.rpc code
 * @param apiMessage - what Cloud Tasks says
 * @returns the error that a client throws for such an answer
 */
export function refusal(what: string, status: RpcStatus, apiMessage: string): ApiError {
  const httpStatus = httpStatusOf(status);
  return new ApiError(`Could not ${what}: ${httpStatus} ${status}: ${apiMessage}`, { status, httpStatus, apiMessage });
}
