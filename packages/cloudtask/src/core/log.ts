import { errorStack, errorText, isError } from "./error-text.ts";
import type { Logger } from "./logger.ts";
import type { Redact } from "./redact.ts";

/** The delivery that a message is about. */
export interface LogFields {
  /** The name of the definition. */
  readonly task?: string | undefined;
  /** The id of the task in its queue. */
  readonly id?: string | undefined;
  readonly queue?: string | undefined;
  /** The number of the attempt, counted from 1. */
  readonly attempt?: number | undefined;
}

/** The error and the delivery of a message. */
interface LogDetails extends LogFields {
  readonly error?: unknown;
}

/** Logs the messages of the library. An error of the logger itself is ignored. */
export type Log = Readonly<Record<keyof Logger, (message: string, details?: LogDetails) => void>>;

/** Creates the log of a client. The text of an error becomes a part of the message, because some loggers print nothing else. */
export function createLog(logger: Logger, redact: Redact): Log {
  const methodFor =
    (level: keyof Logger) =>
    (message: string, details: LogDetails = {}): void => {
      try {
        const text = "error" in details ? `${message}: ${errorText(details.error, redact)}` : message;
        const logged: unknown = callLogger(logger, level, `cloudtask: ${text}`, details);
        if (logged instanceof Promise) logged.catch(() => undefined);
      } catch {
        // The logger was the only place to report it, and it must not change the outcome of a delivery.
      }
    };
  return { warn: methodFor("warn"), error: methodFor("error") };
}

/** The members that only some loggers have. */
type AnyLogger = Logger & {
  readonly child?: (fields: object) => Readonly<Record<keyof Logger, (...line: unknown[]) => unknown>>;
  readonly context?: unknown;
};

/**
 * Passes the error and the fields to a logger in the form that it keeps. No two of the common loggers accept the same form:
 * - pino and bunyan accept an error as the first argument only, and fields by `child()`. bunyan drops an `err` field.
 * - winston merges an object into the line, but writes an Error in it as `{}`; it appends the message of an Error argument.
 * - NestJS prints the second argument as a stack only if the context follows, and for `error()` only.
 * - `console` prints every argument. The message already has the fields.
 * - firebase-functions/logger formats an Error, and merges a last plain object into the entry.
 */
function callLogger(logger: AnyLogger, level: keyof Logger, message: string, details: LogDetails): unknown {
  const { error, ...fields } = details;
  const errors = isError(error) ? [error] : [];
  if (hasMethods(logger, "dir")) return logger[level](message, ...errors);
  if (hasMethods(logger, "child", "bindings") || hasMethods(logger, "child", "addStream")) {
    return logger.child?.(fields)[level](...errors, message);
  }
  const stack = errorStack(error);
  if (hasMethods(logger, "child", "configure")) return logger[level](message, stack ? { ...fields, stack } : fields);
  if (hasMethods(logger, "log", "verbose")) return callNest(logger, level, message, stack);
  return logger[level](message, ...errors, ...(Object.keys(fields).length > 0 ? [fields] : []));
}

/** Nest's `Logger` appends its own context if it has one. A `ConsoleLogger` and other services of an app don't. */
function callNest(logger: AnyLogger, level: keyof Logger, message: string, stack: string | undefined): unknown {
  const own = typeof logger.context === "string" ? logger.context : undefined;
  const context = own !== undefined && "localInstance" in logger ? [] : [own ?? "CloudTask"];
  if (stack === undefined) return logger[level](message, ...context);
  return level === "error" ? logger.error(message, stack, ...context) : logger.warn(`${message}\n${stack}`, ...context);
}

function hasMethods(logger: object, ...names: readonly string[]): boolean {
  return names.every((name) => typeof (logger as Record<string, unknown>)[name] === "function");
}
