/**
 * Receives the log messages of the library. `console`, pino, winston, bunyan, the logger of NestJS and
 * `firebase-functions/logger` need no adapter: each receives the error in the form that it prints. Messages never contain the
 * client's secrets or tokens.
 *
 * A logger of your own receives the message, then the error if there is one, then an object with the fields `task`, `id`, `queue`
 * and `attempt` if the message is about a delivery.
 *
 * @example
 * ```ts
 * new CloudTaskClient({ url, logger: pino() });
 * ```
 */
export interface Logger {
  /** Logs an event for the operator: a rejected request, a discarded task. */
  warn(message: string, ...details: unknown[]): void;
  /** Logs a failure, of a handler or a hook for example. The details contain the error. */
  error(message: string, ...details: unknown[]): void;
}
