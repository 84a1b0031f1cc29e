/**
 * Where the library tells what it does: `console`, pino and winston fit as they are. Without one it is silent. Secrets
 * and tokens never reach it.
 *
 * @example
 * ```ts
 * new CloudTaskClient({ url, logger: console });
 * ```
 */
export interface Logger {
  /** Something an operator wants to know of: a refused call, a discarded task. */
  warn(message: string, ...details: unknown[]): void;
  /** Something failed: a handler, a hook. The error is among the details. */
  error(message: string, ...details: unknown[]): void;
}
