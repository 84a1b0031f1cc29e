import type { EmulatorOptions, EmulatorQueues } from "@cloudtask/emulator";

/** The content of a configuration file. */
export interface Config {
  readonly options: Omit<EmulatorOptions, "clock" | "queues">;
  /** Whether to keep everything in memory. */
  readonly memory: boolean;
  readonly queues?: EmulatorQueues;
}
