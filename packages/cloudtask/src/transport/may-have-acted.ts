import type { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { hasCode } from "../core/errors/has-code.ts";
import { socketFault } from "./socket-fault.ts";

const NEVER_CONNECTED =
  /^(ECONNREFUSED|ConnectionRefused|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT|ERR_PROXY_TUNNEL)$/;
// These can also break an established connection during a request.
const UNREACHABLE = /^(ENETUNREACH|EHOSTUNREACH)$/;
// A wrong certificate, address or header stays wrong. Nothing is sent.
export const NEVER_SENT: RegExp = /CERT|SIGNATURE|^ERR_(INVALID|UNESCAPED|TLS)/;

/**
 * Checks whether the API may have carried out a request that failed. That is possible after a timeout, an abort, a broken
 * connection, a server error or a success that cannot be read. It is not possible after a rejection, or without a connection.
 *
 * @returns `true` if a repeated create may find the task of the failed request
 */
export function mayHaveActed(failure: CloudTaskError): boolean {
  if (hasCode(failure, "API_ERROR")) {
    const { httpStatus } = failure;
    return httpStatus === 408 || httpStatus >= 500 || (httpStatus >= 200 && httpStatus < 300);
  }
  if (hasCode(failure, "NETWORK_ERROR")) {
    const { code = "", syscall } = socketFault(failure.cause);
    const isUnconnected = NEVER_CONNECTED.test(code) || (UNREACHABLE.test(code) && syscall === "connect");
    return !isUnconnected && !NEVER_SENT.test(code);
  }
  if (hasCode(failure, "TIMEOUT") || hasCode(failure, "ABORTED")) return !("sent" in failure && failure.sent === false);
  return false;
}
