import type { EmulatorOptions, QueueConfig } from "@cloudtask/emulator";

/** What a configuration file says. */
export interface Config {
  readonly options: Omit<EmulatorOptions, "clock" | "queues">;
  /** Whether to keep nothing on disk. */
  readonly memory: boolean;
  readonly queues?: readonly QueueConfig[];
}
