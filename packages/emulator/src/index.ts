export type { Duration } from "cloudtask/internal";
export type { Clock } from "./clock/clock.ts";
export { ManualClock } from "./clock/manual-clock.ts";
export { SystemClock } from "./clock/system-clock.ts";
export { createEmulator } from "./create-emulator.ts";
export type { AdvanceOptions, Emulator } from "./emulator.ts";
export type { AttemptFinished, AttemptStarted, EmulatorEvents } from "./events.ts";
export type { EmulatorOptions } from "./options.ts";
export type { QueueConfig } from "./queue-config.ts";
