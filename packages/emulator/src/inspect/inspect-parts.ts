import type { Duration } from "cloudtask/internal";
import type { Clock } from "../clock/clock.ts";
import type { Driver } from "../dispatch/driver.ts";
import type { EngineState } from "../engine/engine-state.ts";
import type { EventHub } from "../event-hub.ts";
import type { Faults } from "../faults/fault.ts";
import type { History } from "../history/history.ts";
import type { ResolvedOptions } from "../options/resolve-options.ts";

/** What an emulator lets be done to it from outside, as from inside. */
export interface Controls {
  reset(): Promise<void>;
  /** @param signal - stops waiting, which resolves too */
  idle(signal: AbortSignal): Promise<void>;
  advance(by: Duration, options: { readonly targetTimeout?: Duration }): Promise<void>;
}

/** What an emulator says of itself. */
export interface EmulatorInfo {
  readonly version: string;
  /** Known once it listens. */
  readonly url: () => string;
  readonly options: ResolvedOptions;
}

/** What can be looked at, and what can be done. */
export interface InspectParts {
  readonly engine: EngineState;
  readonly clock: Pick<Clock, "now">;
  readonly events: EventHub;
  readonly history: History;
  readonly driver: Pick<Driver, "running">;
  readonly faults: Faults;
  readonly controls: Controls;
  readonly info: EmulatorInfo;
}
