import { afterAll, test } from "vitest";
import { ADAPTER_CASES } from "../../../packages/cloudtask/test/adapters/cases/adapter-cases.ts";
import { applies, Stage } from "../../../packages/cloudtask/test/support/adapter-scene.ts";
import { type Mount, resolveTraits, type Traits } from "../../../packages/cloudtask/test/support/adapter-traits.ts";

/** What is special of a mount. */
export interface Special {
  /** What it cannot do. */
  readonly traits?: Partial<Traits>;
  /**
   * Cases that the runtime's own HTTP server decides before the worker is asked, by their titles, with what it does instead. Those
   * are skipped.
   */
  readonly decidedBefore?: Readonly<Record<string, string>>;
}

/**
 * Registers the adapter suite's cases as tests.
 *
 * @param name - begins every title
 * @param mount - how the worker is mounted
 * @param special - what is special of it
 */
export function adapterCases(name: string, mount: Mount, { traits, decidedBefore = {} }: Special = {}): void {
  const resolved = resolveTraits(traits);
  const stage = new Stage(mount, resolved);
  const known = new Set(ADAPTER_CASES.map(({ title }) => title));
  for (const title of Object.keys(decidedBefore)) {
    if (!known.has(title)) throw new TypeError(`${name}: there is no case "${title}"`);
  }
  for (const each of ADAPTER_CASES.filter((one) => applies(one, resolved))) {
    const instead = decidedBefore[each.title];
    const title = `${name}: ${each.title}`;
    if (instead === undefined) test(title, () => stage.play(each));
    else test.skip(`${title} (${instead})`);
  }
  afterAll(() => stage.close());
}
