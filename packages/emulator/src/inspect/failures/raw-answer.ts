import type { AttemptFinished } from "../../emulator-events.ts";
import type { PackedResponse } from "../../history/recorded-exchange.ts";
import { answerText } from "./failure-answer.ts";
import { messageIn } from "./failure-message.ts";

const CONTENT_ENCODING = /\r\ncontent-encoding:/i;

/** A byte that UTF-16 has, and the first byte of gzip. */
const SIGNS = ["\0", "\x1f"];

/**
 * Returns how an attempt failed, like `answerOf()`, but with its secrets.
 *
 * @param response - as it was received, or `undefined` if there was none or it was read from disk
 * @returns `undefined` if the answer must be read in another way
 */
export function rawAnswer(
  attempt: Pick<AttemptFinished, "status" | "discarded" | "error">,
  response: PackedResponse | undefined,
): string | undefined {
  if (attempt.error !== undefined) return answerText(attempt, attempt.error);
  if (!response || CONTENT_ENCODING.test(response.head)) return undefined;
  if (SIGNS.some((sign) => response.latin1.includes(sign))) return undefined;
  return answerText(attempt, messageIn(Buffer.from(response.latin1, "latin1").toString()));
}
