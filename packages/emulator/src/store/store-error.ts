/** Why a store cannot be opened, or can no longer be used. */
export type StoreErrorCode =
  /** The native part of SQLite is not there for this platform. */
  | "unavailable"
  /** The directory cannot be created, read or written. */
  | "unusable"
  /** Another process, or another emulator of this one, uses it. */
  | "in-use"
  /** What is in it is damaged. */
  | "damaged"
  /** Its database is not one of an emulator. */
  | "foreign"
  /** A newer version of the emulator wrote it. */
  | "newer"
  /** A change could not be written. */
  | "failed"
  | "closed";

/**
 * What is wrong with the data directory, named in the message together with what to do. `cause` is what the system or SQLite
 * said.
 */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
