import { createLog, type Log } from "../core/log.ts";
import { type Redact, redactor } from "../core/redact.ts";
import type { Registry } from "./registry.ts";

/** Removes the client's secrets from texts. */
export function redactOf({ secrets }: Pick<Registry, "secrets">): Redact {
  return (text) => redactor(secrets())(text);
}

/** Returns the log of a client, or `undefined` if it has no logger. */
export function logOf(registry: Pick<Registry, "logger" | "secrets">): Log | undefined {
  const { logger } = registry;
  return logger && createLog(logger, redactOf(registry));
}
