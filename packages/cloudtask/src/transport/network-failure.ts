import { errorMessage } from "../core/error-message.ts";
import { NetworkError } from "../core/errors/network-error.ts";

/** Where a call went, for messages. */
export interface Destination {
  /** What was being done. */
  readonly what: string;
  /** Scheme, host and port. */
  readonly baseUrl: string;
  readonly emulator: boolean;
}

/** What went wrong, as a socket, a resolver or TLS says it. */
interface SocketFault {
  /** Such as `ECONNREFUSED`. */
  readonly code?: string;
  /** In what, such as `connect` or `read`. */
  readonly syscall?: unknown;
}

/**
 * What a socket, a resolver or TLS says went wrong. `fetch` hides it one or two causes deep, and a host with several
 * addresses gives one error for each.
 *
 * @param reason - whatever a sender threw
 * @returns its code, where there is one
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

/**
 * The error for a call that got no answer.
 *
 * @param destination - what was called, and where
 * @param reason - what the sender threw; it becomes the `cause`
 * @returns an error that says what to look at
 */
export function unanswered({ what, baseUrl, emulator }: Destination, reason: unknown): NetworkError {
  const { code } = socketFault(reason);
  const said = code ?? errorMessage(reason);
  const remedy = remedyFor(code, baseUrl, emulator);
  return new NetworkError(`Could not ${what}: no answer from ${baseUrl} (${said}).${remedy}`, { cause: reason });
}

function remedyFor(code: string | undefined, baseUrl: string, emulator: boolean): string {
  if (code === "ERR_RESPONSE_TOO_LARGE") return " The answer is too large: ask for less at once, with a smaller page.";
  if (emulator) {
    return ` Is the emulator running at ${baseUrl}? Start it with "npx cloudtask emulator", or check CLOUD_TASKS_EMULATOR_HOST.`;
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return " The name did not resolve: check DNS and the network.";
  return "";
}
