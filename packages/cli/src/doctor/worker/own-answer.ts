import { type Finding, failed, ok, unknown, warning } from "../check.ts";
import type { WorkerAnswer } from "./worker-answer.ts";

/** The settings of the pushing side that an answer is compared with. */
interface PushSide {
  readonly audience: string | undefined;
  readonly serviceAccount: string | undefined;
  readonly secretHeader: string;
}

const READ_LOG = "read the log of the worker, which has the error";

/** Explains the answer of a worker to a ping with all credentials of the pushing side. */
export function explainOwnAnswer({ kind, message, isPong }: WorkerAnswer, side: PushSide): Finding {
  if (isPong) return ok("the worker accepts the credentials of the pushing side");
  const quoted = `the worker answers ${kind}: ${message}`;
  switch (kind) {
    case "unknown-task":
      return warning(
        "the worker accepts the credentials, but its version of cloudtask does not know the ping",
        "update cloudtask in the worker",
      );
    case "unauthenticated":
    case "forbidden":
      return failed(quoted, credentialRemedy(message, side));
    case "keys-unavailable":
      return failed(quoted, "let the worker reach https://www.googleapis.com, from which it reads the keys of tokens");
    case "malformed":
      return failed(quoted, "mount the worker before body parsers, and send it the request unchanged");
    case "full":
    case "draining":
      return unknown(quoted, "repeat the check; the worker has no capacity at the moment");
    default:
      return failed(quoted, READ_LOG);
  }
}

function credentialRemedy(message: string, { audience, serviceAccount, secretHeader }: PushSide): string {
  if (message.includes(secretHeader)) return "set the same `secret` on the pushing client and on the worker's client";
  if (message.includes("audience"))
    return `set the same \`audience\` on both sides; the pushing side sends ${audience}`;
  if (message.includes("email")) {
    return `set the same \`serviceAccount\` on both sides; the pushing side attaches the token of ${serviceAccount}`;
  }
  if (message.includes("is missing")) return "set `serviceAccount` on the pushing client, as on the worker's client";
  return "set the same `serviceAccount` and `audience` on both sides; an emulator's token is valid only for a worker that uses the same emulator";
}
