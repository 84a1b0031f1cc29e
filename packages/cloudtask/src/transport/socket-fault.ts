/** The error of a socket, a resolver or TLS. */
interface SocketFault {
  /** Such as `ECONNREFUSED`. */
  readonly code?: string;
  /** The failed system call, such as `connect` or `read`. */
  readonly syscall?: unknown;
}

/**
 * Finds the code of a socket, resolver or TLS error. `fetch` hides it one or two causes deep, and a host with several
 * addresses gives one error for each address.
 *
 * @param reason - the value that a sender threw
 * @returns an empty object if there is no code
 */
export function socketFault(reason: unknown): SocketFault {
  let at = reason;
  for (let depth = 0; depth < 4 && at instanceof Error; depth += 1) {
    if ("code" in at && typeof at.code === "string") {
      return { code: at.code, syscall: "syscall" in at ? at.syscall : undefined };
    }
    at = at instanceof AggregateError ? at.errors[0] : at.cause;
  }
  return {};
}
