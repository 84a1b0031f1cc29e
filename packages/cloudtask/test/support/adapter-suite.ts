import { afterAll, test } from "vitest";
import { ADAPTER_CASES } from "../adapters/cases/adapter-cases.ts";
import { applies, Stage } from "./adapter-scene.ts";
import { type Mount, resolveTraits, type Traits } from "./adapter-traits.ts";

export type { Mount, Mounted, Traits } from "./adapter-traits.ts";

/**
 * What every adapter does, on its real framework: registers the cases that a mount can have as tests. `runAdapterCases()` runs
 * the same ones without a test runner.
 *
 * @param name - what is mounted, on what, with what before it: it begins every title
 * @param mount - how the worker is mounted there
 * @param traits - what that can do
 */
export function adapterSuite(name: string, mount: Mount, traits?: Partial<Traits>): void {
  const resolved = resolveTraits(traits);
  const stage = new Stage(mount, resolved);
  for (const each of ADAPTER_CASES) {
    if (applies(each, resolved)) test(`${name}: ${each.title}`, () => stage.play(each));
  }
  afterAll(() => stage.close());
}
