import { afterAll, test } from "vitest";
import { ADAPTER_CASES } from "../adapters/cases/adapter-cases.ts";
import { applies, Stage } from "./adapter-scene.ts";
import { type Mount, resolveTraits, type Traits } from "./adapter-traits.ts";

export type { Mount, Mounted, Traits } from "./adapter-traits.ts";

/**
 * Registers the cases that a mount supports as tests, on the real framework. `runAdapterCases()` runs the same cases without a test
 * runner.
 *
 * @param name - the framework and its setup; every title starts with it
 * @param mount - mounts the worker there
 * @param traits - capabilities of that mount
 */
export function adapterSuite(name: string, mount: Mount, traits?: Partial<Traits>): void {
  const resolved = resolveTraits(traits);
  const stage = new Stage(mount, resolved);
  for (const each of ADAPTER_CASES) {
    if (applies(each, resolved)) test(`${name}: ${each.title}`, () => stage.play(each));
  }
  afterAll(() => stage.close());
}
