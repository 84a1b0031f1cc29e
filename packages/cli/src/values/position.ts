import { UsageError } from "../usage-error.ts";

/** The position of a value in a file or on the command line, for error messages. */
export interface Position {
  /** Returns the position of a value in this map or list. */
  child(key: string | number): Position;
  /** Creates an error whose message begins with the position. */
  error(message: string): UsageError;
}

/**
 * Creates the position of a value on the command line. Messages begin with the argument.
 *
 * @param keyText - formats a key as the command line writes it
 */
export function argumentPosition(argument: string, keyText: (key: string | number) => string = String): Position {
  return {
    child: (key) => argumentPosition(`${argument}: ${keyText(key)}`, keyText),
    error: (message) => new UsageError(`${argument}: ${message}`),
  };
}
