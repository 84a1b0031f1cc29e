import type { AttemptFinished } from "../emulator-events.ts";
import type { MaskedExchange } from "./recorded-exchange.ts";

const texts = ["task", "queue", "outcome"] as const;
const numbers = ["id", "attempt", "at", "createdAt", "scheduledAt", "dispatchedAt", "durationMs"] as const;

/** Where the exchange begins in a line, as `finishedAttempt` orders the fields: inside a text its quotes would be escaped. */
const EXCHANGE = ',"request":{';

/**
 * Most of a line is what was sent and what came back: that is parsed when it is asked for, so that an emulator starts at once
 * on a journal of thousands.
 *
 * @returns the attempt that a line of a journal holds; undefined where it holds none, because a crash cut it off, say
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
  const exchange = (): Partial<MaskedExchange> => {
    parsed ??= parse(line) as Partial<MaskedExchange>;
    return parsed;
  };
  return {
    ...(value as unknown as AttemptFinished),
    get request() {
      return exchange().request;
    },
    get response() {
      return exchange().response;
    },
  };
}

function parse(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
