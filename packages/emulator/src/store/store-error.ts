/** The reason why a store cannot be opened or no longer works. */
export type StoreErrorCode =
  /** The native SQLite library could not be loaded on this platform. */
  | "unavailable"
  /** The directory cannot be created, read or written. */
  | "unusable"
  /** Another emulator, in this or another process, uses the directory. */
  | "in-use"
  /** The database is damaged. */
  | "damaged"
  /** The database does not belong to an emulator. */
  | "foreign"
  /** The database was written by a newer version of the emulator. */
  | "newer"
  /** A change could not be written. */
  | "failed"
  /** The store was closed before the change. */
  | "closed";

/**
 * A data directory cannot be used. The message names the directory, the problem and the remedy. `cause` is the error of the
 * operating system or of SQLite.
 */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
