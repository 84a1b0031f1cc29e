import { errorMessage } from "../core/error-message.ts";
import { NetworkError } from "../core/errors/network-error.ts";
import { printableText } from "../core/printable.ts";

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

/** Creates the error of a request without an answer. The sender's error becomes its `cause`. */
export function networkFailure(
  { baseUrl, emulator }: { readonly baseUrl: string; readonly emulator: boolean },
  action: string,
  reason: unknown,
): NetworkError {
  const { code } = socketFault(reason);
  const remedy = remedyFor(code, baseUrl, emulator);
  const message = `Could not ${action}: no answer from ${baseUrl} (${printableText(code ?? errorMessage(reason))}).${remedy}`;
  return new NetworkError(message, { cause: reason });
}

function remedyFor(code: string | undefined, baseUrl: string, emulator: boolean): string {
  if (code === "ERR_RESPONSE_TOO_LARGE") return " The answer is too large: request a smaller page.";
  if (code === "ERR_PROXY_TUNNEL") return " The proxy did not open a connection: check HTTPS_PROXY and NO_PROXY.";
  if (emulator) {
    return ` Is the emulator running at ${baseUrl}? Start it with "npx @cloudtask/cli emulator", or check CLOUD_TASKS_EMULATOR_HOST.`;
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return " The host name did not resolve: check DNS and the network.";
  }
  return "";
}
