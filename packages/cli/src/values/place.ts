import { UsageError } from "../usage-error.ts";

/** Where a value stands, so that a message can point at it. */
export interface Place {
  /** @param key - of a map, or the index in a list */
  child(key: string | number): Place;
  /** @returns what is to be thrown */
  refuse(message: string): UsageError;
}

/**
 * A value on the command line: its message begins with the argument as it was written.
 *
 * @param keyText - how the command line writes a key
 */
export function argumentPlace(argument: string, keyText: (key: string | number) => string = String): Place {
  return {
    child: (key) => argumentPlace(`${argument}: ${keyText(key)}`, keyText),
    refuse: (message) => new UsageError(`${argument}: ${message}`),
  };
}
