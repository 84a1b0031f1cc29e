import { errorMessage } from "./error-message.ts";
import { type Expectation, expectSame } from "./expectation.ts";
import { log } from "./output.ts";
import type { Finding, Scenario, Stage } from "./stage.ts";
import { StoppedError, unlessStopped } from "./stop-signal.ts";

/** What a scenario promised, and what was seen. */
export interface PlayedScenario {
  readonly title: string;
  readonly expectations: readonly Expectation[];
}

/** What came of all scenarios. */
export interface Played {
  readonly scenarios: readonly PlayedScenario[];
  readonly figures: Readonly<Record<string, string>>;
}

/**
 * Plays scenarios, one after the other. One that throws has not held; the others are played all the same.
 *
 * @throws StoppedError that says in which scenario, once the stage's signal aborts
 */
export async function play(scenarios: readonly Scenario[], stage: Stage): Promise<Played> {
  const played: PlayedScenario[] = [];
  const figures: Record<string, string> = {};
  for (const [index, scenario] of scenarios.entries()) {
    log.heading(`${index + 1}  ${scenario.title}`);
    const finding = await playOne(scenario, stage);
    played.push({ title: scenario.title, expectations: finding.expectations });
    Object.assign(figures, finding.figures);
  }
  return { scenarios: played, figures };
}

async function playOne(scenario: Scenario, stage: Stage): Promise<Finding> {
  try {
    return await unlessStopped(stage.signal, scenario.play(stage));
  } catch (error) {
    if (error instanceof StoppedError)
      throw new StoppedError(`${error.message}, in: ${scenario.title}`, error.exitCode);
    log.failed(error);
    const seen = errorMessage(error);
    return { expectations: [expectSame("errors", "none", seen)] };
  }
}
