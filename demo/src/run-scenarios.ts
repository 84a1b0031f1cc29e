import { type Check, checkEqual } from "./check.ts";
import { errorMessage } from "./error-message.ts";
import { log } from "./output.ts";
import type { Scenario, ScenarioContext, ScenarioResult } from "./scenario.ts";
import { StoppedError, unlessStopped } from "./stop-signal.ts";

/** A scenario that has run, with its checks. */
export interface FinishedScenario {
  readonly title: string;
  readonly checks: readonly Check[];
}

/** The results of all scenarios. */
export interface Results {
  readonly scenarios: readonly FinishedScenario[];
  readonly figures: Readonly<Record<string, string>>;
}

/**
 * Runs scenarios one after the other. An error fails its scenario, and the next one still runs.
 *
 * @throws StoppedError, with the title of the running scenario, when the context's signal aborts
 */
export async function runScenarios(scenarios: readonly Scenario[], context: ScenarioContext): Promise<Results> {
  const finished: FinishedScenario[] = [];
  const figures: Record<string, string> = {};
  for (const [index, scenario] of scenarios.entries()) {
    log.heading(`${index + 1}  ${scenario.title}`);
    const result = await runScenario(scenario, context);
    finished.push({ title: scenario.title, checks: result.checks });
    Object.assign(figures, result.figures);
  }
  return { scenarios: finished, figures };
}

async function runScenario(scenario: Scenario, context: ScenarioContext): Promise<ScenarioResult> {
  try {
    return await unlessStopped(context.signal, scenario.run(context));
  } catch (error) {
    if (error instanceof StoppedError) {
      throw new StoppedError(`${error.message} during: ${scenario.title}`, error.exitCode);
    }
    log.failed(error);
    return { checks: [checkEqual("errors", "none", errorMessage(error))] };
  }
}
