import type { AttemptFinished } from "../emulator-events.ts";
import { type AttemptFields, attemptWithExchange } from "./attempt-with-exchange.ts";
import type { MaskedExchange } from "./recorded-exchange.ts";

const texts = ["task", "queue", "outcome"] as const;
const numbers = ["id", "sequence", "attempt", "at", "createdAt", "scheduledAt", "dispatchedAt", "durationMs"] as const;

/**
 * The start of the request and response in a line, in the field order of `finishedAttempt`. Inside a string its quotes would be
 * escaped, so the match is unambiguous.
 */
const EXCHANGE = ',"request":{';

/**
 * Reads an attempt from a line of a journal. The request and response are most of the line, and are parsed only when they are
 * read, so an emulator starts quickly even with thousands of attempts.
 *
 * @returns the attempt; `undefined` if the line is damaged, for example cut off by a crash
 */
export function readAttempt(line: string): AttemptFinished | undefined {
  const at = line.indexOf(EXCHANGE);
  const value = parse(at < 0 ? line : `${line.slice(0, at)}}`);
  const isAttempt =
    value.phase === "finished" &&
    texts.every((name) => typeof value[name] === "string") &&
    numbers.every((name) => Number.isFinite(value[name]));
  if (!isAttempt || !line.endsWith("}")) return undefined;
  let parsed: Partial<MaskedExchange> | undefined;
  const masked = (): Partial<MaskedExchange> => {
    parsed ??= parse(line) as Partial<MaskedExchange>;
    return parsed;
  };
  return attemptWithExchange(value as unknown as AttemptFields, { masked });
}

function parse(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
