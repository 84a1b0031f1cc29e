import type { SettingPosition } from "cloudtask/internal";
import { UsageError } from "../usage-error.ts";

/** Creates the position of a value on the command line. Messages begin with the argument. */
export function argumentPosition(argument: string): SettingPosition {
  return {
    child: (key) => argumentPosition(`${argument}: ${key}`),
    error: (message) => new UsageError(`${argument}: ${message}`),
  };
}
