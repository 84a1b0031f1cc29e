import { errorMessage } from "../core/error-message.ts";
import { printableText } from "../core/printable.ts";
import { socketFault } from "./socket-fault.ts";

/** Returns the message of the error of a request without an answer. */
export function networkFailure(
  { baseUrl, emulator }: { readonly baseUrl: string; readonly emulator: boolean },
  action: string,
  reason: unknown,
): string {
  const { code } = socketFault(reason);
  const remedy = remedyFor(code, baseUrl, emulator);
  return `Could not ${action}: no answer from ${baseUrl} (${printableText(code ?? errorMessage(reason))}).${remedy}`;
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
