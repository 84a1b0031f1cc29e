import { ADAPTER_CASES } from "../adapters/cases/adapter-cases.ts";
import { type AdapterCase, applies, Stage } from "./adapter-scene.ts";
import { type Mount, resolveTraits, type Traits } from "./adapter-traits.ts";

export type { Mount, Mounted, Traits } from "./adapter-traits.ts";

/** What became of one case. */
export interface CaseResult {
  /** The mount's name, a colon, and the case's. */
  readonly title: string;
  readonly outcome: "passed" | "failed" | "not applicable";
  /** Of one that failed. */
  readonly error?: string;
}

/** No case takes a second where all is well. */
const CASE_MS = 20_000;

/**
 * Runs the adapter suite without a test runner, so that it runs anywhere: on Node, Bun and Deno, from sources or bundled.
 *
 * @param name - what is mounted, on what, with what before it
 * @param mount - how the worker is mounted there
 * @param traits - what that can do
 * @returns what became of each case; it never rejects
 */
export async function runAdapterCases(
  name: string,
  mount: Mount,
  traits?: Partial<Traits>,
): Promise<readonly CaseResult[]> {
  const resolved = resolveTraits(traits);
  const stage = new Stage(mount, resolved);
  const results: CaseResult[] = [];
  for (const each of ADAPTER_CASES) {
    const title = `${name}: ${each.title}`;
    if (applies(each, resolved)) results.push({ title, ...(await outcomeOf(stage, each)) });
    else results.push({ title, outcome: "not applicable" });
  }
  await stage.close().catch(() => undefined);
  return results;
}

async function outcomeOf(stage: Stage, each: AdapterCase): Promise<Omit<CaseResult, "title">> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not over after ${CASE_MS} ms`)), CASE_MS);
  });
  try {
    await Promise.race([stage.play(each), late]);
    return { outcome: "passed" };
  } catch (error) {
    return { outcome: "failed", error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
