export type { Duration } from "cloudtask/internal";
export type { Clock } from "./clock/clock.ts";
export { ManualClock } from "./clock/manual-clock.ts";
export { SystemClock } from "./clock/system-clock.ts";
export { createEmulator } from "./create-emulator.ts";
export type { AdvanceOptions, Emulator } from "./emulator.ts";
export type { AttemptOutcome } from "./engine/finish-attempt.ts";
export type {
  AttemptFinished,
  AttemptStarted,
  EmulatorEvents,
  QueueEvent,
  ShownBody,
  ShownRequest,
  ShownResponse,
  TaskEvent,
} from "./events.ts";
export type { CallFault, DeliveryFault, Fault, Faults, PlacedFault } from "./faults/fault.ts";
export type { AttemptFilter } from "./history/history.ts";
export type { EmulatorOptions, HistoryOptions } from "./options.ts";
export type { QueueConfig } from "./queue-config.ts";
