export type { Duration } from "cloudtask/internal";
export type { Clock } from "./clock/clock.ts";
export { ManualClock } from "./clock/manual-clock.ts";
export { SystemClock } from "./clock/system-clock.ts";
export { createEmulator } from "./create-emulator.ts";
export type { AdvanceOptions, Emulator, ResetOptions } from "./emulator.ts";
export type {
  AttemptEventBase,
  AttemptFinished,
  AttemptStarted,
  EmulatorEvents,
  MaskedBody,
  MaskedRequest,
  MaskedResponse,
  NameTaken,
  QueueEvent,
  QueueNotFound,
  TaskEvent,
} from "./emulator-events.ts";
export type { AttemptOutcome } from "./engine/finish-attempt.ts";
export type { CallFault, DeliveryFault, Fault, FaultLimits, Faults, PlacedFault } from "./faults/fault.ts";
export type { AttemptFilter } from "./history/history.ts";
export type { EmulatorOptions, HistoryOptions } from "./options/emulator-options.ts";
export type { EmulatorQueueSettings, EmulatorQueues } from "./options/queue-options.ts";
