import type { Duration } from "cloudtask/internal";
import type { Clock } from "../clock/clock.ts";
import type { Driver } from "../dispatch/driver.ts";
import type { AdvanceOptions, ResetOptions } from "../emulator.ts";
import type { EngineState } from "../engine/engine-state.ts";
import type { EventHub } from "../event-hub.ts";
import type { Faults } from "../faults/fault.ts";
import type { History } from "../history/history.ts";
import type { SecretNames } from "../history/masking/secret-names.ts";
import type { Stats } from "../history/stats/stats.ts";
import type { ControlToken } from "../http/control-token.ts";
import type { ResolvedOptions } from "../options/resolve-options.ts";
import type { Services } from "../service/services.ts";
import type { ReplacedTasks } from "./replaced-tasks.ts";
import type { TaskSummaries } from "./tasks/task-summaries.ts";

/** The actions that `/control/` and the `Emulator` object share. */
export interface Controls {
  reset(options?: ResetOptions): Promise<void>;
  /** @param signal - ends the wait; the promise then resolves too */
  idle(signal: AbortSignal): Promise<void>;
  /** @param signal - ends the advance; the clock then stays where it is, and the promise resolves */
  advance(by: Duration, options: AdvanceOptions, signal?: AbortSignal): Promise<void>;
  /**
   * Returns the clock to the time of the machine.
   *
   * @throws RpcError FAILED_PRECONDITION if the clock is not that of the machine
   */
  turnBack(): Promise<void>;
}

/** The version, URL and options of an emulator. */
export interface EmulatorInfo {
  readonly version: string;
  /** Returns the URL. It is known once the emulator listens. */
  readonly url: () => string;
  readonly options: ResolvedOptions;
}

/** The parts of an emulator that `/inspect/` and `/control/` use. */
export interface InspectParts {
  readonly engine: EngineState;
  readonly clock: Pick<Clock, "now">;
  readonly events: EventHub;
  readonly history: History;
  readonly stats: Stats;
  readonly secretNames: SecretNames;
  readonly summaries: TaskSummaries;
  readonly driver: Pick<Driver, "running">;
  readonly faults: Faults;
  readonly replaced: ReplacedTasks;
  readonly controls: Controls;
  readonly info: EmulatorInfo;
  readonly token: ControlToken;
  /** Creates and changes tasks like the API. */
  readonly services: Pick<Services, "tasks" | "context">;
}
