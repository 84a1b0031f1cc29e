import type { EmulatorOptions, QueueConfig } from "@cloudtask/emulator";

/** A queue, and what `createEmulator` takes no option for. */
export interface QueueEntry {
  readonly config: QueueConfig;
  /** Where in an App Engine app its tasks go. */
  readonly routing?: { readonly service: string; readonly version?: string };
  readonly paused?: boolean;
}

/** What a configuration file says. */
export interface Config {
  readonly options: Omit<EmulatorOptions, "clock" | "queues">;
  /** Whether to keep nothing on disk. */
  readonly memory: boolean;
  readonly queues?: readonly QueueEntry[];
}
