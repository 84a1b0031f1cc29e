import type { Emulator } from "@cloudtask/emulator";
import type { PushOptions, PushResult, Task } from "cloudtask";
import type { DeliveryLog } from "./delivery-log.ts";
import type { Expectation } from "./expectation.ts";
import { log } from "./output.ts";

/** What a scenario plays on. */
export interface Stage {
  readonly emulator: Emulator;
  readonly deliveries: DeliveryLog;
  /** Aborts where the demo is interrupted, or takes too long. */
  readonly signal: AbortSignal;
}

/** One thing the demo shows. */
export interface Scenario {
  readonly title: string;
  play(stage: Stage): Promise<Finding>;
}

/** What came of a scenario. */
export interface Finding {
  readonly expectations: readonly Expectation[];
  /** Measurements by name, for the table at the end. */
  readonly figures?: Readonly<Record<string, string>>;
}

/** `task.push(options)`, with a line about it. */
export async function push(task: Task, options: PushOptions = {}): Promise<PushResult> {
  log.push(task, options);
  const result = await task.push(options);
  if (options.name !== undefined) log.seen(`push() resolved with deduplicated: ${result.deduplicated}`);
  return result;
}
