import { ADAPTER_CASES } from "../adapters/cases/adapter-cases.ts";
import { type AdapterCase, applies, Stage } from "./adapter-scene.ts";
import { type Mount, resolveTraits, type Traits } from "./adapter-traits.ts";

export type { Mount, Mounted, Traits } from "./adapter-traits.ts";

/** The result of one case. */
export interface CaseResult {
  /** The mount's name, a colon, and the title of the case. */
  readonly title: string;
  readonly outcome: "passed" | "failed" | "not applicable";
  /** The stack of a failed case. */
  readonly error?: string;
}

/** A passing case takes less than a second. */
const CASE_MS = 20_000;

/**
 * Runs the adapter suite without a test runner: on Node, Bun and Deno, from sources or bundled. It never rejects.
 *
 * @param name - the framework and its setup
 * @param mount - mounts the worker there
 * @param traits - capabilities of that mount
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
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`did not end within ${CASE_MS} ms`)), CASE_MS);
  });
  try {
    await Promise.race([stage.play(each), timeout]);
    return { outcome: "passed" };
  } catch (error) {
    return { outcome: "failed", error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
