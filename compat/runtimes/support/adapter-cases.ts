import { afterAll, test } from "vitest";
import { ADAPTER_CASES } from "../../../packages/cloudtask/test/adapters/cases/adapter-cases.ts";
import { applies, Stage } from "../../../packages/cloudtask/test/support/adapter-scene.ts";
import { type Mount, resolveTraits, type Traits } from "../../../packages/cloudtask/test/support/adapter-traits.ts";

/** Properties of a mount. */
export interface Special {
  /** Its capabilities. */
  readonly traits?: Partial<Traits>;
  /**
   * Titles of cases that the runtime's own HTTP server answers before it calls the worker, with its behaviour. They are skipped.
   */
  readonly decidedBefore?: Readonly<Record<string, string>>;
}

/**
 * Registers the adapter suite's cases as tests.
 *
 * @param name - the start of every title
 * @param mount - mounts the worker
 * @param special - properties of the mount
 */
export function adapterCases(name: string, mount: Mount, { traits, decidedBefore = {} }: Special = {}): void {
  const resolved = resolveTraits(traits);
  const stage = new Stage(mount, resolved);
  const titles = new Set(ADAPTER_CASES.map(({ title }) => title));
  for (const title of Object.keys(decidedBefore)) {
    if (!titles.has(title)) throw new TypeError(`${name}: there is no case "${title}"`);
  }
  for (const each of ADAPTER_CASES.filter((one) => applies(one, resolved))) {
    const instead = decidedBefore[each.title];
    const title = `${name}: ${each.title}`;
    if (instead === undefined) test(title, () => stage.play(each));
    else test.skip(`${title} (${instead})`);
  }
  afterAll(() => stage.close());
}
