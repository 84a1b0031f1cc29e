/**
 * Receives the log messages of the library. `console`, pino and winston fit without an adapter. Without a logger the library
 * is silent. Messages never contain secrets or tokens.
 *
 * @example
 * ```ts
 * new CloudTaskClient({ url, logger: console });
 * ```
 */
export interface Logger {
  /** Logs an event for the operator: a rejected request, a discarded task. */
  warn(message: string, ...details: unknown[]): void;
  /** Logs a failure, of a handler or a hook for example. The details contain the error. */
  error(message: string, ...details: unknown[]): void;
}
