import type { Emulator } from "@cloudtask/emulator";
import type { PushOptions, PushResult, Task } from "cloudtask";
import type { Check } from "./check.ts";
import type { DeliveryLog } from "./delivery-log.ts";
import { log } from "./output.ts";

/** The tools that a scenario uses. */
export interface ScenarioContext {
  readonly emulator: Emulator;
  readonly deliveries: DeliveryLog;
  /** Aborts if the demo is interrupted or takes too long. */
  readonly signal: AbortSignal;
}

/** One feature that the demo shows. */
export interface Scenario {
  readonly title: string;
  run(context: ScenarioContext): Promise<ScenarioResult>;
}

export interface ScenarioResult {
  readonly checks: readonly Check[];
  /** Measurements by name, for the table at the end. */
  readonly figures?: Readonly<Record<string, string>>;
}

/** Calls `task.push(options)`, and logs it. */
export async function push(task: Task, options: PushOptions = {}): Promise<PushResult> {
  log.push(task, options);
  const result = await task.push(options);
  if (options.name !== undefined) log.result(`push() returned deduplicated: ${result.deduplicated}`);
  return result;
}
