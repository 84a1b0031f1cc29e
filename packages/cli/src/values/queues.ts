import type { EmulatorQueues } from "@cloudtask/emulator";
import { checkQueues } from "cloudtask/internal";
import type { Reader } from "./readers.ts";

/** Reads a map of queues and their settings. */
export const queues: Reader<EmulatorQueues> = (value, position) => {
  if (Array.isArray(value)) {
    throw position.error(
      "expected a map of queues and their settings, such as { default: null, mail: { rate: 5 } }, received a list",
    );
  }
  checkQueues(value, position, { emulator: true });
  return value as EmulatorQueues;
};
