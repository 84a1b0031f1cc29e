import type { Transport } from "../../transport/transport.ts";
import type { EagerMode } from "../client-options.ts";

/**
 * Where what a client pushes goes: to Cloud Tasks, or to what a test has put in its place. A push keeps the one it began with,
 * so that one which a test did not wait for cannot slip out to Cloud Tasks when the test is over.
 */
export interface Route {
  readonly transport: Transport;
  /** In place of the transport. */
  readonly eager: EagerMode | undefined;
  /** What time it is there, in milliseconds since the epoch. */
  now(): number;
  /**
   * @param queue - the id of a queue
   * @returns its full name; not a promise where it is known
   * @throws CloudTaskError with the code `CONFIGURATION_MISSING` where project or location cannot be found out
   */
  queueName(queue: string): string | Promise<string>;
  /** Told of each push that goes there, as it begins. */
  watch?(pushing: Promise<unknown>): void;
}
